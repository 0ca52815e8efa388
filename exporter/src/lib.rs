//! One Prometheus exporter for the whole stack of a web platform. Modules in reading order:

pub mod catalog; // prints every family there can be
pub mod cli; // and from the command line
pub mod config; // what the exporter is told, from a file
pub mod engine; // asks them all under one deadline
pub mod exposition; // from snapshots to the bytes of an answer
pub mod lane; // blocking work that may hang, kept apart
pub mod logging;
pub mod metric; // what is measured, before it is bytes
pub mod own; // what the exporter says about itself
pub mod serve; // the HTTP side
pub mod sources; // the kinds of thing we can ask, one folder each // the log

use std::io;

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{config::Config, engine::Engine, own::Own, serve::App};

/// The collectors that the configuration turns on, ready to be asked.
pub fn engine(config: &Config) -> io::Result<(Engine, Own)> {
    let own = Own::new().map_err(io::Error::other)?;
    let jobs = sources::host::jobs(&config.host).map_err(io::Error::other)?;
    Ok((Engine::new(jobs, config.limits, own.clone()), own))
}

/// Serves on these listeners until `shutdown` becomes true.
pub async fn run(listeners: Vec<TcpListener>, app: App, shutdown: watch::Receiver<bool>) {
    serve::serve(listeners, app, shutdown).await;
}

/// Everything that answering needs, from the configuration.
pub fn app(config: &Config) -> io::Result<App> {
    let (engine, own) = engine(config)?;
    Ok(App::new(engine, own, config.web.telemetry_path.clone()))
}

/// Binds what the configuration names, and serves until SIGTERM or SIGINT.
pub async fn serve_until_told(config: &Config) -> io::Result<()> {
    // Before anything listens: whoever can connect is answered.
    let app = app(config)?;
    let mut listeners = Vec::new();
    for address in &config.web.listen_addresses {
        let listener = serve::bind(address).await?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "listening: http://{address}{}", config.web.telemetry_path);
        listeners.push(listener);
    }
    let (stop, stopped) = watch::channel(false);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    run(listeners, app, stopped).await;
    Ok(())
}
