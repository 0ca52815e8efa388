//! Which format an answer has, from the request's `Accept`.

use mediatype::{MediaType, MediaTypeList, Name};

use super::Escaping;

/// A format, and how it spells odd names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Format {
    /// The format.
    pub encoding: Encoding,
    /// The spelling.
    pub escaping: Escaping,
}

/// The formats we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// Prometheus text 0.0.4: what we speak unless asked otherwise.
    #[default]
    Text0,
    /// Prometheus text 1.0.0.
    Text1,
    /// OpenMetrics 0.0.1, by its old name.
    OpenMetrics0,
    /// OpenMetrics 1.0.0.
    OpenMetrics1,
    /// Delimited protobuf.
    Protobuf,
}

impl Format {
    /// The format that this `Accept` header likes best.
    pub fn negotiate(accept: &str) -> Self {
        let mut best = (0.0, Self::default());
        for media in MediaTypeList::new(accept).filter_map(Result::ok) {
            let quality = parameter(&media, "q").and_then(|q| q.parse().ok()).unwrap_or(1.0_f64);
            // Among equals the first one named wins.
            if quality > best.0
                && let Some(encoding) = encoding(&media)
            {
                best = (quality, Self { encoding, escaping: escaping(&media, encoding) });
            }
        }
        best.1
    }

    /// The `Content-Type` of an answer.
    pub fn content_type(self) -> String {
        let media = match self.encoding {
            Encoding::Text0 => "text/plain; version=0.0.4; charset=utf-8",
            Encoding::Text1 => "text/plain; version=1.0.0; charset=utf-8",
            Encoding::OpenMetrics0 => "application/openmetrics-text; version=0.0.1; charset=utf-8",
            Encoding::OpenMetrics1 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Encoding::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        };
        format!("{media}; escaping={}", self.escaping.word())
    }
}

fn encoding(media: &MediaType<'_>) -> Option<Encoding> {
    let is = |name, value: &str| parameter(media, name).is_some_and(|given| given.eq_ignore_ascii_case(value));
    let version = parameter(media, "version");
    match (media.ty.as_str(), media.subty.as_str()) {
        ("application", "openmetrics-text") => match version.as_deref() {
            Some("1.0.0") => Some(Encoding::OpenMetrics1),
            None | Some("0.0.1") => Some(Encoding::OpenMetrics0),
            Some(_) => None,
        },
        ("application", "vnd.google.protobuf")
            if is("proto", "io.prometheus.client.MetricFamily") && is("encoding", "delimited") =>
        {
            Some(Encoding::Protobuf)
        }
        ("text", "plain" | "*") | ("*", "*") => match version.as_deref() {
            Some("1.0.0") => Some(Encoding::Text1),
            None | Some("0.0.4") => Some(Encoding::Text0),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Formats older than quoted names cannot be asked for them.
fn escaping(media: &MediaType<'_>, encoding: Encoding) -> Escaping {
    let asked = parameter(media, "escaping");
    let asked = Escaping::ALL.into_iter().find(|scheme| asked.as_deref() == Some(scheme.word())).unwrap_or_default();
    match (encoding, asked) {
        (Encoding::Text0 | Encoding::OpenMetrics0, Escaping::AllowUtf8) => Escaping::Underscores,
        (_, asked) => asked,
    }
}

fn parameter(media: &MediaType<'_>, name: &str) -> Option<String> {
    let value = media.params.iter().find(|(key, _)| *key == Name::new_unchecked(name)).map(|(_, value)| value);
    value.map(|value| value.unquoted_str().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &str) -> (Encoding, Escaping) {
        let format = Format::negotiate(accept);
        (format.encoding, format.escaping)
    }

    #[test]
    fn what_prometheus_asks_for_is_what_it_gets() {
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
            application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
            text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(negotiated(prometheus_3), (Encoding::OpenMetrics1, Escaping::AllowUtf8));
        let native_histograms = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
            encoding=delimited;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6";
        assert_eq!(negotiated(native_histograms), (Encoding::Protobuf, Escaping::AllowUtf8));
        let prometheus_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
            text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(negotiated(prometheus_2), (Encoding::OpenMetrics1, Escaping::Underscores));
    }

    #[test]
    fn anything_else_gets_text() {
        let text = (Encoding::Text0, Escaping::Underscores);
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        for accept in ["", "*/*", "text/plain", browser, "garbage;;;==", "text/plain;version=9", "application/json"] {
            assert_eq!(negotiated(accept), text, "{accept}");
        }
        assert_eq!(negotiated("text/plain;version=0.0.4;escaping=allow-utf-8"), text);
    }
}
