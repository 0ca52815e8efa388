//! What the exporter is told: the file first, then the flags, which win.

use std::{fs, path::Path, time::Duration};

use serde::Deserialize;

use crate::{engine::Limits, sources::host};

/// Everything that can be configured.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The HTTP side.
    pub web: Web,
    /// The log.
    pub log: Log,
    /// What a scrape may take.
    pub limits: Limits,
    /// The machine itself.
    pub host: host::Config,
}

/// The HTTP side.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Addresses to listen on; `:9847` is every address of the machine.
    pub listen_addresses: Vec<String>,
    /// Path of the metrics.
    pub telemetry_path: String,
}

impl Default for Web {
    fn default() -> Self {
        Self { listen_addresses: vec!["127.0.0.1:9847".into()], telemetry_path: "/metrics".into() }
    }
}

/// The log, which goes to standard error.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The least important level that is written.
    pub level: Level,
    /// How a line is laid out.
    pub format: LogFormat,
}

/// Levels of the log.
#[derive(Debug, Clone, Copy, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Every detail.
    Debug,
    /// What an operator wants to know.
    #[default]
    Info,
    /// What is not as it should be.
    Warn,
    /// What needs a person.
    Error,
}

/// Layouts of a log line.
#[derive(Debug, Clone, Copy, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// `key=value` pairs.
    #[default]
    Logfmt,
    /// One JSON object.
    Json,
}

/// The file as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    web: Web,
    log: Log,
    scrape: Scrape,
    host: host::Section,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Scrape {
    longest_seconds: f64,
    freshness_seconds: f64,
    series_per_collector: usize,
}

impl Default for Scrape {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            longest_seconds: limits.longest.as_secs_f64(),
            freshness_seconds: limits.freshness.as_secs_f64(),
            series_per_collector: limits.series,
        }
    }
}

impl Config {
    /// Reads a file. All problems come at once, one a line: `file:line:column: what`.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let file: File = if text.trim().is_empty() {
            File::default()
        } else {
            serde_yaml::from_str(&text).map_err(|error| located(&name.to_string(), &error))?
        };
        let mut problems = Vec::new();
        let mut config = Self { web: file.web, log: file.log, ..Self::default() };
        match limits(&file.scrape) {
            Ok(limits) => config.limits = limits,
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
        let mut placed = Vec::new();
        config.host.read(file.host, &mut placed);
        placed.sort_by_key(|problem| problem.place);
        problems.extend(placed.iter().map(|p| format!("{name}:{}:{}: {}", p.place.0, p.place.1, p.text)));
        if problems.is_empty() { Ok(config) } else { Err(problems.join("\n")) }
    }
}

fn limits(scrape: &Scrape) -> Result<Limits, String> {
    let seconds = |name: &str, value: f64, range: std::ops::RangeInclusive<f64>| {
        if range.contains(&value) {
            return Ok(Duration::from_secs_f64(value));
        }
        Err(format!("scrape.{name}: {value} is not within {} and {} seconds", range.start(), range.end()))
    };
    Ok(Limits {
        longest: seconds("longest_seconds", scrape.longest_seconds, 0.1..=600.0)?,
        freshness: seconds("freshness_seconds", scrape.freshness_seconds, 0.0..=60.0)?,
        series: scrape.series_per_collector,
    })
}

/// The library draws the place over several lines; a log line is one.
fn located(name: &str, error: &serde_yaml::Error) -> String {
    let text = error.without_snippet().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match error.location() {
        Some(place) => format!("{name}:{}:{}: {text}", place.line(), place.column()),
        None => format!("{name}: {text}"),
    }
}
