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

use tokio::{net::TcpListener, sync::watch};

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
