//! One file per question. Whatever is compared is measured in turns, round after round, so that a machine that is busy
//! with other things slows both sides; the median round counts.

mod collectors;
mod cost;
mod encoding;
mod memory;
mod start;
mod throughput;

use std::{io, path::Path, time::Duration};

pub use collectors::table as collectors;
use rustix::time::{ClockId, clock_gettime};

use crate::{process::Program, report::Row};

/// The exporter, its peers, and a configuration with which it answers each scrape with a run of its own.
pub struct Setup<'a> {
    /// The exporter's executable.
    pub ours: &'a Path,
    /// The peers.
    pub peers: &'a [Program],
    /// A configuration file.
    pub unshared: &'a Path,
}

impl Setup<'_> {
    fn ours(&self, arguments: &[String]) -> Program {
        Program { name: "stack_exporter".into(), path: self.ours.to_owned(), arguments: arguments.to_vec() }
    }

    fn ours_unshared(&self, arguments: &[String]) -> Program {
        let config = format!("--config.file={}", self.unshared.display());
        self.ours(&[&[config], arguments].concat())
    }
}

/// Everything there is to measure beside the peers.
pub async fn rows(setup: &Setup<'_>) -> io::Result<Vec<Row>> {
    let mut rows = encoding::rows();
    rows.extend(cost::rows(setup).await?);
    rows.extend(throughput::rows(setup).await?);
    rows.extend(start::rows(setup).await?);
    rows.extend(memory::rows(setup).await?);
    Ok(rows)
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Processor time of this process, in seconds, for one call.
fn cpu_of<T>(call: impl FnOnce() -> T) -> f64 {
    let now = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap();
    let before = now();
    let result = call();
    let took = now() - before;
    drop(std::hint::black_box(result));
    took.as_secs_f64()
}
