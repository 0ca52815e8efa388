//! A receiver of Alertmanager's webhooks that remembers who was told what, and when.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;

/// One alert in one message.
#[derive(Debug, Clone)]
pub struct Told {
    /// Last part of the URL: the receiver.
    pub receiver: String,
    /// `firing` or `resolved`.
    pub status: String,
    /// Its labels and annotations, as sent.
    pub alert: Value,
    /// When it arrived.
    pub at: Instant,
}

impl Told {
    /// A label, empty where there is none.
    pub fn label(&self, name: &str) -> &str {
        self.alert["labels"][name].as_str().unwrap_or_default()
    }
}

/// The receiver. It listens until the test ends.
pub struct Webhook {
    /// Where.
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Webhook {
    /// Listens on a free port.
    pub fn start() -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::clone(&told);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let told = Arc::clone(&kept);
                    let service = service_fn(move |request| hear(request, Arc::clone(&told)));
                    tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
                }
            });
        });
        Self { address, told }
    }

    /// All that was told so far.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }
}

async fn hear(request: Request<Incoming>, told: Arc<Mutex<Vec<Told>>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let receiver = path.trim_start_matches('/').replace("%2F", "/");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let message: Value = serde_json::from_slice(&body).unwrap();
    for alert in message["alerts"].as_array().into_iter().flatten() {
        let status = alert["status"].as_str().unwrap_or_default().to_owned();
        let heard = Told { receiver: receiver.clone(), status, alert: alert.clone(), at: Instant::now() };
        told.lock().unwrap().push(heard);
    }
    Ok(Response::default())
}
