//! The machine itself, in the metric names of node_exporter.
//!
//! One file per collector: its descriptors, its switches, and a function that turns files into samples.
//! One row per collector in [`COLLECTORS`].

mod config;
mod files;
mod setting;

mod arp;
mod dmi;
mod edac;
mod hwmon;
mod loadavg;
mod meminfo;
mod powersupplyclass;
mod rapl;
mod systemd;
mod textfile;
mod thermal_zone;
mod watchdog;

use std::{sync::Arc, time::Instant};

pub use config::{Config, Paths};
pub use files::Host;
pub use setting::{BadSetting, Filter, Setting, Settings};

use super::{Declared, Job};
use crate::metric::{Batch, Descriptor, Failure};

/// Every collector of the host, by name.
pub const COLLECTORS: &[Collector] = &[
    arp::COLLECTOR,
    dmi::COLLECTOR,
    edac::COLLECTOR,
    hwmon::COLLECTOR,
    loadavg::COLLECTOR,
    meminfo::COLLECTOR,
    powersupplyclass::COLLECTOR,
    rapl::COLLECTOR,
    systemd::COLLECTOR,
    textfile::COLLECTOR,
    thermal_zone::COLLECTOR,
    watchdog::COLLECTOR,
];

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
        jobs.push(Job {
            namespace: "node",
            collector: collector.name,
            start: Box::new(move || ask(collector, &config)),
        });
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
    COLLECTORS.iter().map(|collector| Declared {
        source: "host",
        collector: collector.name,
        default: collector.default,
        metrics: collector.metrics,
    })
}
