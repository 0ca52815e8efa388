//! The command `rulegen`: flags, reading, building, writing or comparing, showing problems. The only place that does IO.

mod cli;
mod disk;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            cli::say_error(&error);
            ExitCode::from(2)
        }
    }
}

/// True when all is well.
fn run(cli: &Cli) -> Result<bool, disk::Error> {
    let project = match &cli.command {
        Command::Build(build) => &build.project,
        Command::Check(project) => project,
        Command::Reference => {
            cli::say(&rulegen::reference());
            return Ok(true);
        }
    };
    let read = disk::read(&project.config)?;
    let (artifacts, problems) = rulegen::build(&read.sources, &cli.command.options());
    cli::show(&problems, &read.sources, project.format.into());
    if problems.has_errors() {
        return Ok(false);
    }
    let Command::Build(build) = &cli.command else { return Ok(true) };
    let root = build.out.as_ref().unwrap_or(&read.root);
    if build.check {
        let differences = disk::compare(root, &read.layout, &artifacts)?;
        return Ok(cli::say_differences(&differences));
    }
    let outcome = disk::write(root, &read.layout, &artifacts, build.force)?;
    Ok(cli::say_outcome(&outcome))
}
