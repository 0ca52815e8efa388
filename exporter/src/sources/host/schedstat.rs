//! `/proc/schedstat`: how long tasks ran on each processor, and how long they waited for it.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const RUNNING: Descriptor = Descriptor::counter(
    "node_schedstat_running_seconds_total",
    Unit::Seconds,
    &["cpu"],
    "Time that tasks ran on this processor.",
);
const WAITING: Descriptor = Descriptor::counter(
    "node_schedstat_waiting_seconds_total",
    Unit::Seconds,
    &["cpu"],
    "Time that tasks were ready to run and waited for this processor, added up over the tasks.",
);
const TIMESLICES: Descriptor =
    Descriptor::counter("node_schedstat_timeslices_total", Unit::Count, &["cpu"], "Turns that tasks had here.");

const NANOSECONDS: f64 = 1e9;

/// The collector `schedstat`.
pub const COLLECTOR: Collector = Collector {
    name: "schedstat",
    default: true,
    metrics: &[RUNNING, WAITING, TIMESLICES],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("schedstat").map_err(Failure::missing_is_no_data)?;
    let mut result = Ok(());
    for line in text.lines() {
        // The lines between them tell of scheduling domains.
        let Some(row) = line.strip_prefix("cpu") else { continue };
        let Some((cpu, [running, waiting, timeslices])) = parse(row) else {
            result = result.and(Err(Failure::parse(format!("schedstat: {line:?}"))));
            continue;
        };
        out.push(&RUNNING, &[cpu], running as f64 / NANOSECONDS);
        out.push(&WAITING, &[cpu], waiting as f64 / NANOSECONDS);
        out.push(&TIMESLICES, &[cpu], timeslices as f64);
    }
    if out.is_empty() {
        result = result.and(Err(Failure::parse("schedstat: no line that is known")));
    }
    result
}

/// The three numbers at the end of the nine, the same in all versions of the file since 15.
fn parse(row: &str) -> Option<(&str, [u64; 3])> {
    let mut fields = row.split_whitespace();
    let cpu = fields.next().filter(|cpu| cpu.parse::<u32>().is_ok())?;
    let mut last = fields.skip(6).map(|field| field.parse().ok());
    Some((cpu, [last.next()??, last.next()??, last.next()??]))
}
