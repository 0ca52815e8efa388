//! What each path answers.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, VARY},
};

use super::{answers::Answers, landing};
use crate::{
    engine::{Engine, Selection},
    exposition::{Compression, Format},
    own::Own,
};

type Answer = Response<Full<Bytes>>;

/// Everything that answering needs.
pub struct App {
    engine: Engine,
    own: Own,
    answers: Answers,
    telemetry_path: String,
}

impl App {
    /// Answers from this engine.
    pub fn new(engine: Engine, own: Own, telemetry_path: String) -> Self {
        Self { engine, answers: Answers::new(own.clone()), own, telemetry_path }
    }

    /// The exporter's own counters.
    pub fn own(&self) -> &Own {
        &self.own
    }

    /// Answers a request.
    pub async fn answer<B>(&self, request: Request<B>) -> Result<Answer, Infallible> {
        let head = request.method() == Method::HEAD;
        let mut answer = self.route(&request).await;
        self.own.answers.with_label_values(&[answer.status().as_str()]).inc();
        let headers = answer.headers_mut();
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        if head {
            *answer.body_mut() = Full::default();
        }
        Ok(answer)
    }

    async fn route<B>(&self, request: &Request<B>) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        match request.uri().path() {
            path if path == self.telemetry_path => self.metrics(request).await,
            "/" => html(landing::page(&self.engine.conditions(), &self.telemetry_path)),
            "/-/healthy" => text(StatusCode::OK, "healthy\n"),
            // A listener is bound only after every collector was made, so whoever gets here is answered.
            "/-/ready" => text(StatusCode::OK, "ready\n"),
            _ => text(StatusCode::NOT_FOUND, "nothing here; / says what there is\n"),
        }
    }

    async fn metrics<B>(&self, request: &Request<B>) -> Answer {
        let begun = Instant::now();
        let header = |name: HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let selection = match self.selection(request.uri().query().unwrap_or_default()) {
            Ok(selection) => selection,
            Err(problem) => return text(StatusCode::BAD_REQUEST, &problem),
        };
        let allowed = header(HeaderName::from_static("x-prometheus-scrape-timeout-seconds"));
        let scrape = self.engine.scrape(&selection, begun + budget(allowed, self.engine.limits().longest)).await;
        let format = Format::negotiate(header(ACCEPT));
        let compression = Compression::negotiate(header(ACCEPT_ENCODING));
        let body = match self.answers.body(&scrape, format, compression) {
            Ok(body) => body,
            Err(error) => return text(StatusCode::INTERNAL_SERVER_ERROR, &format!("cannot compress: {error}\n")),
        };
        self.own.scrape_seconds.observe(begun.elapsed().as_secs_f64());
        let mut answer = Response::new(Full::new(body));
        let headers = answer.headers_mut();
        if let Ok(media) = HeaderValue::from_str(&format.content_type()) {
            headers.insert(CONTENT_TYPE, media);
        }
        headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
        if compression == Compression::Gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }

    /// Reads `collect[]` and `exclude[]`.
    fn selection(&self, query: &str) -> Result<Selection, String> {
        let (mut collect, mut exclude) = (Vec::new(), Vec::new());
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "collect[]" => collect.push(value.into_owned()),
                "exclude[]" => exclude.push(value.into_owned()),
                _ => {}
            }
        }
        for names in [&collect, &exclude] {
            if let Some(name) = self.engine.unknown(names) {
                return Err(format!("no collector {name:?} is turned on here; / lists those that are\n"));
            }
        }
        match (collect.is_empty(), exclude.is_empty()) {
            (true, true) => Ok(Selection::All),
            (false, true) => Ok(Selection::Only(collect)),
            (true, false) => Ok(Selection::Without(exclude)),
            (false, false) => Err("collect[] and exclude[] cannot stand together\n".into()),
        }
    }
}

/// Time for a scrape: what the scraper allows less what the way back takes, and never more than our own maximum.
fn budget(allowed: &str, longest: Duration) -> Duration {
    // Nonsense in the header must not cost the scrape.
    let Some(allowed) = allowed.parse::<f64>().ok().filter(|seconds| *seconds > 0.0) else { return longest };
    let least = Duration::from_millis(10);
    let ours = Duration::try_from_secs_f64(allowed - f64::max(0.25, allowed * 0.05));
    match ours {
        Ok(ours) => ours.clamp(least, longest),
        Err(_) if allowed < 1.0 => least,
        Err(_) => longest,
    }
}

fn text(status: StatusCode, text: &str) -> Answer {
    with_type(status, "text/plain; charset=utf-8", text.to_owned())
}

fn html(page: String) -> Answer {
    with_type(StatusCode::OK, "text/html; charset=utf-8", page)
}

fn with_type(status: StatusCode, media: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_ends_before_the_scraper_gives_up() {
        let longest = Duration::from_millis(9500);
        let cases = [
            ("10", 9500),
            ("15", 9500),
            ("5", 4750),
            ("2", 1750),
            ("0.3", 50),
            ("0.1", 10),
            ("1e-9", 10),
            ("-1", 9500),
            ("0", 9500),
            ("NaN", 9500),
            ("1e300", 9500),
            ("inf", 9500),
            ("x", 9500),
            ("", 9500),
        ];
        for (allowed, expected) in cases {
            assert_eq!(budget(allowed, longest).as_millis(), expected, "{allowed}");
        }
    }
}
