//! Flags, and what the command says.

use crate::disk::{Difference, Error, Outcome};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rulegen::{Diagnostics, Drill, Format, Options, Sources};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Compiles threshold specs into alert rules, routes, dashboards, runbooks and proofs.
#[derive(Parser)]
#[command(
    version,
    arg_required_else_help = true,
    after_help = "Exit status: 0 all is well, 1 problems were found, 2 wrong use or a file could not be read or written."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Compile every spec of the project and write the outputs
    Build(Build),
    /// Show every problem, write nothing
    Check(Project),
    /// Print the reference of commands, outputs and codes
    #[command(hide = true)]
    Reference,
}

#[derive(Args)]
pub(crate) struct Project {
    /// The project file; paths in it are relative to it
    #[arg(long, value_name = "FILE", default_value = "rulegen.yml")]
    pub(crate) config: PathBuf,
    /// How problems are shown
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    pub(crate) format: Shown,
}

#[derive(Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) project: Project,
    /// Write nothing; fail when an output is missing, differs or is left over
    #[arg(long)]
    pub(crate) check: bool,
    /// Overwrite outputs that were edited by hand, and files that stand where an output belongs
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
    /// Put the outputs under this folder instead of beside the project file
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Compile for an exercise in which targets are scraped this often (such as 1s): everything that waits or looks
    /// back is shortened, thresholds are not. Needs --out, so that a drill never replaces the real outputs, and
    /// --deliver-to, so that it wakes nobody
    #[arg(long, value_name = "DURATION", requires = "out", requires = "deliver_to", value_parser = rulegen::parse_duration)]
    pub(crate) drill: Option<Duration>,
    /// In a drill, send every message to this webhook, followed by the name of the receiver
    #[arg(long, value_name = "URL", requires = "drill")]
    pub(crate) deliver_to: Option<String>,
}

impl Command {
    pub(crate) fn options(&self) -> Options {
        let drill = match self {
            Self::Build(build) => build.drill.zip(build.deliver_to.as_ref()),
            _ => None,
        };
        Options { drill: drill.map(|(scrape, address)| Drill::new(scrape, address)) }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Shown {
    /// For people
    Text,
    /// For programs
    Json,
    /// For GitHub, beside the changed line
    Github,
}

impl From<Shown> for Format {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Text => Self::Text,
            Shown::Json => Self::Json,
            Shown::Github => Self::Github,
        }
    }
}

/// Problems for people go to stderr, problems for programs are the product and go to stdout.
pub(crate) fn show(problems: &Diagnostics, sources: &Sources, format: Format) {
    let text = problems.render(sources, format);
    match format {
        Format::Text => drop(write!(anstream::stderr(), "{text}")),
        Format::Json | Format::Github => say(&text),
    }
}

/// A closed pipe is the reader's choice, not an error of ours.
pub(crate) fn say(text: &str) {
    drop(write!(anstream::stdout(), "{text}"));
}

pub(crate) fn say_error(error: &Error) {
    drop(writeln!(anstream::stderr(), "rulegen: {error}"));
}

/// True when there are none.
pub(crate) fn say_differences(differences: &[(String, Difference)]) -> bool {
    for (path, difference) in differences {
        drop(writeln!(anstream::stderr(), "{path}: {difference}"));
    }
    if !differences.is_empty() {
        drop(writeln!(anstream::stderr(), "outputs are not up to date: run `rulegen build`"));
    }
    differences.is_empty()
}

/// True when everything was written.
pub(crate) fn say_outcome(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Written { changed, unchanged, removed } => {
            say(&format!("{changed} written, {unchanged} unchanged, {removed} removed\n"));
            true
        }
        Outcome::Refused(reasons) => {
            for (path, reason) in reasons {
                drop(writeln!(anstream::stderr(), "{path}: {reason}"));
            }
            drop(writeln!(anstream::stderr(), "nothing was written; --force overwrites"));
            false
        }
    }
}
