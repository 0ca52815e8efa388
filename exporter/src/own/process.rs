//! The `process_*` families that every client library gives, about this process.

use std::fs;

use rustix::{
    param::{clock_ticks_per_second, page_size},
    process::{Resource, getrlimit},
};

use crate::metric::{Batch, Descriptor, Unit};

pub const CPU: Descriptor =
    Descriptor::counter("process_cpu_seconds_total", Unit::Seconds, &[], "Processor time used by the exporter.");
pub const RESIDENT: Descriptor =
    Descriptor::gauge("process_resident_memory_bytes", Unit::Bytes, &[], "Memory of the exporter that is in RAM.");
pub const VIRTUAL: Descriptor =
    Descriptor::gauge("process_virtual_memory_bytes", Unit::Bytes, &[], "Address space of the exporter.");
pub const VIRTUAL_MAX: Descriptor = Descriptor::gauge(
    "process_virtual_memory_max_bytes",
    Unit::Bytes,
    &[],
    "Address space that the exporter may have; -1 where nothing limits it.",
);
pub const OPEN_FDS: Descriptor =
    Descriptor::gauge("process_open_fds", Unit::Count, &[], "File descriptors that the exporter has open.");
pub const MAX_FDS: Descriptor =
    Descriptor::gauge("process_max_fds", Unit::Count, &[], "File descriptors that the exporter may have open.");
pub const START: Descriptor =
    Descriptor::gauge("process_start_time_seconds", Unit::Timestamp, &[], "When the exporter was started.");
pub const THREADS: Descriptor = Descriptor::gauge("process_threads", Unit::Count, &[], "Threads of the exporter.");

/// Puts all of them into the batch; those that cannot be read are left out.
pub fn report(batch: &mut Batch) {
    if let Some(stat) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(Stat::read) {
        let ticks = clock_ticks_per_second() as f64;
        batch.push(&CPU, &[], (stat.user + stat.system) / ticks);
        batch.push(&VIRTUAL, &[], stat.virtual_bytes);
        batch.push(&RESIDENT, &[], stat.resident_pages * page_size() as f64);
        batch.push(&THREADS, &[], stat.threads);
        if let Some(boot) = boot_time() {
            batch.push(&START, &[], boot + stat.started / ticks);
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        batch.push(&OPEN_FDS, &[], open.count() as f64);
    }
    let most = |limit| getrlimit(limit).current.map_or(-1.0, |most| most as f64);
    batch.push(&MAX_FDS, &[], most(Resource::Nofile));
    batch.push(&VIRTUAL_MAX, &[], most(Resource::As));
}

struct Stat {
    user: f64,
    system: f64,
    threads: f64,
    started: f64,
    virtual_bytes: f64,
    resident_pages: f64,
}

impl Stat {
    /// The fields behind the command, which may itself hold spaces and parentheses.
    fn read(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<f64> = fields.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0.0)).collect();
        let field = |number: usize| fields.get(number - 4).copied();
        Some(Self {
            user: field(14)?,
            system: field(15)?,
            threads: field(20)?,
            started: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

fn boot_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime ")).and_then(|seconds| seconds.trim().parse().ok())
}
