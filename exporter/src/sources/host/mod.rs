//! The machine itself, in the metric names of node_exporter.
//!
//! One file per collector: its descriptors, its switches, and a function that turns files into samples.
//! One row per collector in [`COLLECTORS`].

mod config;
mod files;
mod netlink;
mod setting;

mod arp;
mod bonding;
mod btrfs;
mod conntrack;
mod diskstats;
mod filesystem;
mod ipvs;
mod loadavg;
mod mdadm;
mod meminfo;
mod netclass;
mod netdev;
mod netstat;
mod nvme;
mod sockstat;
mod tcpstat;
mod udp_queues;
mod xfs;

use std::{sync::Arc, time::Instant};

pub use config::{Config, Paths};
pub use files::Host;
pub use setting::{BadSetting, Filter, Setting, Settings};

use super::{Declared, Job};
use crate::metric::{Batch, Descriptor, Failure};

/// Every collector of the host, by name.
pub const COLLECTORS: &[Collector] = &[
    arp::COLLECTOR,
    bonding::COLLECTOR,
    btrfs::COLLECTOR,
    conntrack::COLLECTOR,
    diskstats::COLLECTOR,
    filesystem::COLLECTOR,
    ipvs::COLLECTOR,
    loadavg::COLLECTOR,
    mdadm::COLLECTOR,
    meminfo::COLLECTOR,
    netclass::COLLECTOR,
    netdev::COLLECTOR,
    netstat::COLLECTOR,
    nvme::COLLECTOR,
    sockstat::COLLECTOR,
    tcpstat::COLLECTOR,
    udp_queues::COLLECTOR,
    xfs::COLLECTOR,
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
