//! The `process_*` families that every client library gives, about this process.

use std::{
    fs::{self, File},
    io::Read,
};

use once_cell::sync::Lazy;
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
    if let Some(stat) = Stat::read() {
        let ticks = clock_ticks_per_second() as f64;
        batch.push(&CPU, &[], (stat.user + stat.system) / ticks);
        batch.push(&VIRTUAL, &[], stat.virtual_bytes);
        batch.push(&RESIDENT, &[], stat.resident_pages * page_size() as f64);
        batch.push(&THREADS, &[], stat.threads);
        if let Some(boot) = *BOOT_TIME {
            batch.push(&START, &[], boot + stat.started / ticks);
        }
    }
    if let Some(open) = open_files() {
        batch.push(&OPEN_FDS, &[], open);
    }
    let most = |limit| getrlimit(limit).current.map_or(-1.0, |most| most as f64);
    batch.push(&MAX_FDS, &[], most(Resource::Nofile));
    batch.push(&VIRTUAL_MAX, &[], most(Resource::As));
}

/// Since Linux 6.2 the size of the directory is the number of its entries. Before, it is 0 and they are counted.
fn open_files() -> Option<f64> {
    let folder = "/proc/self/fd";
    match fs::metadata(folder).ok()?.len() {
        0 => Some(fs::read_dir(folder).ok()?.count() as f64),
        open => Some(open as f64),
    }
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
    fn read() -> Option<Self> {
        // The line fits, so it is read in one piece: the standard library's way for files without a size takes seven.
        let mut line = [0; 1024];
        let size = File::open("/proc/self/stat").and_then(|mut file| file.read(&mut line)).ok()?;
        Self::parse(str::from_utf8(line.get(..size)?).ok()?)
    }

    /// The fields behind the command, which may itself hold spaces and parentheses.
    fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let mut fields = fields.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0.0));
        // Fields are numbered from 1, and the one behind the command's state is number 4.
        let mut next = 4;
        let mut field = |number: usize| {
            let skipped = number - next;
            next = number + 1;
            fields.nth(skipped)
        };
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

/// It does not change, and the file is long.
static BOOT_TIME: Lazy<Option<f64>> = Lazy::new(|| {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime ")).and_then(|seconds| seconds.trim().parse().ok())
});
