//! The HTTP side: accept, hold connections to their limits, answer.

mod answers;
mod connections;
mod landing;
mod routes;
mod stream;

use std::{io, pin::pin, sync::Arc, time::Duration};

use connections::Connections;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
pub use routes::App;
use stream::{Guarded, Head};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

/// What one connection may take. Every one of these is in force and counted when hit.
pub mod limits {
    use std::time::Duration;

    /// Connections at once; beyond, the one that has idled longest goes.
    pub const CONNECTIONS: usize = 64;
    /// From the first byte of a request's head to its last.
    pub const HEAD: Duration = Duration::from_secs(5);
    /// Between two requests. Longer than a scrape interval, so that Prometheus keeps its connection.
    pub const IDLE: Duration = Duration::from_secs(120);
    /// For the peer to take a piece of an answer.
    pub const WRITE: Duration = Duration::from_secs(10);
    /// Size of a request's head, in bytes.
    pub const HEAD_SIZE: usize = 16 * 1024;
    /// Header lines of a request.
    pub const HEADERS: usize = 64;
    /// For requests under way to end when the process is told to.
    pub const GOODBYE: Duration = Duration::from_secs(2);
}

/// Binds an address. `:9847` stands for every address of the machine, as in the peers' flags.
pub async fn bind(address: &str) -> io::Result<TcpListener> {
    let whole = if address.starts_with(':') { format!("[::]{address}") } else { address.to_owned() };
    TcpListener::bind(&whole).await.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => "another process listens there already".to_owned(),
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("cannot listen on {address}: {why}"))
    })
}

/// Serves until `shutdown` changes, then lets requests under way end.
pub async fn serve(listeners: Vec<TcpListener>, app: App, shutdown: watch::Receiver<bool>) {
    let app = Arc::new(app);
    let connections = Arc::new(Connections::new(app.own().clone()));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, Arc::clone(&app), Arc::clone(&connections), shutdown.clone()));
    }
    accepting.join_all().await;
    let _ = tokio::time::timeout(limits::GOODBYE, connections.all_closed()).await;
}

async fn accept(
    listener: TcpListener,
    app: Arc<App>,
    connections: Arc<Connections>,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        // Hyper's clock for the head runs from the end of the request before: it is the limit on idling.
        .header_read_timeout(limits::IDLE)
        .max_header_size(limits::HEAD_SIZE)
        .max_headers(limits::HEADERS);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = shutdown.wait_for(|over| *over) => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, mostly. Trying again at once would only burn the processor.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Answers go out in one write; waiting for more of them would only delay the last packet.
        let _ = stream.set_nodelay(true);
        let (http, app, mut shutdown) = (http.clone(), Arc::clone(&app), shutdown.clone());
        connections.open(move |pulse| async move {
            let head = Head::default();
            let io = TokioIo::new(Guarded::new(stream, head.clone(), app.own().clone()));
            let service = service_fn(move |request| {
                head.complete();
                let (app, pulse) = (Arc::clone(&app), pulse.clone());
                async move {
                    let _busy = pulse.busy();
                    app.answer(request).await
                }
            });
            let mut connection = pin!(http.serve_connection(io, service));
            // What goes wrong on a connection is the peer's doing and seen in the counters.
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = shutdown.wait_for(|over| *over) => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
}
