//! The log: one line an event, on standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Level, Log, LogFormat};

/// Starts the log. Only the first call in a process counts.
pub fn start(log: Log) {
    let level = match log.level {
        Level::Debug => LevelFilter::DEBUG,
        Level::Info => LevelFilter::INFO,
        Level::Warn => LevelFilter::WARN,
        Level::Error => LevelFilter::ERROR,
    };
    let layer = match log.format {
        LogFormat::Json => tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(),
        LogFormat::Logfmt => tracing_logfmt::builder().layer().with_writer(std::io::stderr).boxed(),
    };
    // Other libraries' debug lines are about their insides, not about the stack.
    let ours = tracing_subscriber::filter::Targets::new().with_target("stack_exporter", level);
    let ours = ours.with_default(level.min(LevelFilter::WARN));
    // An error means that a log is there already, as in tests.
    let _ = tracing_subscriber::registry().with(layer.with_filter(ours)).try_init();
    // A panic of a collector is contained and reported by the engine; the standard hook would add lines of its own.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
