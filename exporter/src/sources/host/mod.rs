//! The machine itself, in the metric names of node_exporter.
//!
//! One file per collector: its descriptors, its switches, and a function that turns files into samples.
//! One row per collector in [`COLLECTORS`].

mod config;
mod files;
mod known;
mod setting;

mod arp;
mod cpu;
mod cpufreq;
mod entropy;
mod filefd;
mod interrupts;
mod kernel_hung;
mod loadavg;
mod meminfo;
mod os;
mod pressure;
mod processes;
mod schedstat;
mod selinux;
mod softirqs;
mod softnet;
mod stat;
mod time;
mod timex;
mod uname;
mod vmstat;

use std::{sync::Arc, time::Instant};

pub use config::{Config, Paths, Problem, Section};
pub use files::Host;
pub use setting::{BadSetting, Filter, Setting, Settings, Value};

use super::{Declared, Job, Status};
use crate::metric::{Batch, Descriptor, Failure, Unit};

/// Every collector of the host, by name.
pub const COLLECTORS: &[Collector] = &[
    arp::COLLECTOR,
    cpu::COLLECTOR,
    cpufreq::COLLECTOR,
    entropy::COLLECTOR,
    filefd::COLLECTOR,
    interrupts::COLLECTOR,
    kernel_hung::COLLECTOR,
    loadavg::COLLECTOR,
    meminfo::COLLECTOR,
    os::COLLECTOR,
    pressure::COLLECTOR,
    processes::COLLECTOR,
    schedstat::COLLECTOR,
    selinux::COLLECTOR,
    softirqs::COLLECTOR,
    softnet::COLLECTOR,
    stat::COLLECTOR,
    time::COLLECTOR,
    timex::COLLECTOR,
    uname::COLLECTOR,
    vmstat::COLLECTOR,
];

static STATUS: Status = Status([
    Descriptor::gauge(
        "node_scrape_collector_success",
        Unit::Bool,
        &["collector"],
        "Whether the collector brought all it should.",
    ),
    Descriptor::gauge(
        "node_scrape_collector_duration_seconds",
        Unit::Seconds,
        &["collector"],
        "How long the collector took.",
    ),
    Descriptor::gauge(
        "node_scrape_collector_failure",
        Unit::Info,
        &["collector", "reason"],
        "Present while the collector brings less than it should; the reason is one of a fixed set.",
    ),
]);

/// A collector of the host: one question to the kernel.
pub struct Collector {
    /// The name, as in `--collector.NAME`.
    pub name: &'static str,
    /// Whether it runs when nothing is configured.
    pub default: bool,
    /// The families it can export.
    pub metrics: &'static [Descriptor],
    /// Its switches beyond on and off.
    pub settings: &'static [Setting],
    /// Reads its settings and makes the asking part.
    pub start: fn(&Settings) -> Result<Read, BadSetting>,
}

/// Reads files of the host and puts samples into the batch.
pub type Read = Box<dyn FnMut(&mut Host, &mut Batch) -> Result<(), Failure> + Send>;

/// The jobs of all collectors that the configuration turns on.
pub fn jobs(config: &Config) -> Result<Vec<Job>, BadSetting> {
    let config = Arc::new(config.clone());
    let mut jobs = Vec::new();
    for collector in COLLECTORS.iter().filter(|collector| config.is_on(collector)) {
        // A bad setting shows here, once, before anything serves.
        drop((collector.start)(&config.settings)?);
        let config = Arc::clone(&config);
        jobs.push(Job { status: &STATUS, collector: collector.name, start: Box::new(move || ask(collector, &config)) });
    }
    Ok(jobs)
}

fn ask(collector: &'static Collector, config: &Arc<Config>) -> super::Ask {
    let mut host = Host::new(config.paths.clone());
    let mut read = (collector.start)(&config.settings);
    Box::new(move |deadline: Instant, batch: &mut Batch| match &mut read {
        Ok(read) => host.visit(deadline, |host| read(host, batch)),
        Err(bad) => Err(Failure::parse(bad.to_string())),
    })
}

/// What these collectors can export.
pub fn declared() -> impl Iterator<Item = Declared> {
    let status = Declared { source: "host", collector: "host", default: true, metrics: STATUS.metrics() };
    let collectors = COLLECTORS.iter().map(|collector| Declared {
        source: "host",
        collector: collector.name,
        default: collector.default,
        metrics: collector.metrics,
    });
    collectors.chain([status])
}
