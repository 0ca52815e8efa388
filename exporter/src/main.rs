//! The command `stack_exporter`: flags, log, listeners, run.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use stack_exporter::{
    catalog,
    cli::{self, Action, Ending},
    config::Config,
    engine::Selection,
    exposition::{Format, encode},
    logging,
};

fn main() -> ExitCode {
    let done = match cli::read(std::env::args_os()) {
        Ok((action, config)) => act(action, &config),
        Err(Ending::Text(text)) => print(&text),
        Err(Ending::Wrong(text)) => Err(io::Error::other(text)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "stack_exporter: {error}");
            ExitCode::FAILURE
        }
    }
}

fn act(action: Action, config: &Config) -> io::Result<()> {
    logging::start(config.log);
    // One thread answers everybody: encoding is microseconds, and what may block runs on threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match action {
        Action::Catalog => print(&catalog::print().map_err(io::Error::other)?),
        Action::CheckConfig => stack_exporter::engine(config).and_then(|_| print("the configuration is good\n")),
        Action::Once => {
            let (engine, _) = stack_exporter::engine(config)?;
            let scrape = runtime.block_on(engine.scrape(&Selection::All, Instant::now() + config.limits.longest));
            print(&String::from_utf8_lossy(&encode(&scrape.snapshots(), Format::default()).0))
        }
        Action::Serve => runtime.block_on(stack_exporter::serve_until_told(config)),
    }
}

fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever reads us has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
