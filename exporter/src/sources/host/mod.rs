//! The machine itself, in the metric names of node_exporter.
//!
//! One file per collector: its descriptors, its switches, and a function that turns files into samples.
//! One row per collector in [`COLLECTORS`].

mod config;
mod files;
mod known;
mod netlink;
mod setting;
mod status;

mod arp;
mod bonding;
mod btrfs;
mod conntrack;
mod cpu;
mod cpufreq;
mod diskstats;
mod dmi;
mod edac;
mod entropy;
mod filefd;
mod filesystem;
mod hwmon;
mod interrupts;
mod ipvs;
mod kernel_hung;
mod loadavg;
mod mdadm;
mod meminfo;
mod netclass;
mod netdev;
mod netstat;
mod nvme;
mod os;
mod powersupplyclass;
mod pressure;
mod processes;
mod rapl;
mod schedstat;
mod selinux;
mod sockstat;
mod softirqs;
mod softnet;
mod stat;
mod systemd;
mod tcpstat;
mod textfile;
mod thermal_zone;
mod time;
mod timex;
mod udp_queues;
mod uname;
mod vmstat;
mod watchdog;
mod xfs;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

pub use config::{Config, Paths, Problem, Section};
pub use files::Host;
pub use setting::{BadSetting, Filter, Setting, Settings, Value};

use super::{Declared, Job};
use crate::metric::{Batch, Descriptor, Failure};

/// Every collector of the host, by name.
pub const COLLECTORS: &[Collector] = &[
    arp::COLLECTOR,
    bonding::COLLECTOR,
    btrfs::COLLECTOR,
    conntrack::COLLECTOR,
    cpu::COLLECTOR,
    cpufreq::COLLECTOR,
    diskstats::COLLECTOR,
    dmi::COLLECTOR,
    edac::COLLECTOR,
    entropy::COLLECTOR,
    filefd::COLLECTOR,
    filesystem::COLLECTOR,
    hwmon::COLLECTOR,
    interrupts::COLLECTOR,
    ipvs::COLLECTOR,
    kernel_hung::COLLECTOR,
    loadavg::COLLECTOR,
    mdadm::COLLECTOR,
    meminfo::COLLECTOR,
    netclass::COLLECTOR,
    netdev::COLLECTOR,
    netstat::COLLECTOR,
    nvme::COLLECTOR,
    os::COLLECTOR,
    powersupplyclass::COLLECTOR,
    pressure::COLLECTOR,
    processes::COLLECTOR,
    rapl::COLLECTOR,
    schedstat::COLLECTOR,
    selinux::COLLECTOR,
    sockstat::COLLECTOR,
    softirqs::COLLECTOR,
    softnet::COLLECTOR,
    stat::COLLECTOR,
    systemd::COLLECTOR,
    tcpstat::COLLECTOR,
    textfile::COLLECTOR,
    thermal_zone::COLLECTOR,
    time::COLLECTOR,
    timex::COLLECTOR,
    udp_queues::COLLECTOR,
    uname::COLLECTOR,
    vmstat::COLLECTOR,
    watchdog::COLLECTOR,
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
        // A bad setting shows here, once, before anything serves. What was made of good ones is used: compiling their
        // expressions takes longer than many a run.
        let first = Mutex::new(Some((collector.start)(&config.settings)?));
        let config = Arc::clone(&config);
        jobs.push(Job {
            status: &status::STATUS,
            collector: collector.name,
            start: Box::new(move || {
                let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                ask(&config, first.map_or_else(|| (collector.start)(&config.settings), Ok))
            }),
        });
    }
    Ok(jobs)
}

fn ask(config: &Config, mut read: Result<Read, BadSetting>) -> super::Ask {
    let mut host = Host::new(config.paths.clone());
    Box::new(move |deadline: Instant, batch: &mut Batch| match &mut read {
        Ok(read) => host.visit(deadline, |host| read(host, batch)),
        Err(bad) => Err(Failure::parse(bad.to_string())),
    })
}

/// What these collectors can export.
pub fn declared() -> impl Iterator<Item = Declared> {
    let status = Declared { source: "host", collector: "host", default: true, metrics: status::STATUS.metrics() };
    let collectors = COLLECTORS.iter().map(|collector| Declared {
        source: "host",
        collector: collector.name,
        default: collector.default,
        metrics: collector.metrics,
    });
    collectors.chain([status])
}
