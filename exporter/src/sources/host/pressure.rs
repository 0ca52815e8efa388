//! `/proc/pressure`: how much time tasks lost because something was short.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const CPU_WAITING: Descriptor = stall(
    "node_pressure_cpu_waiting_seconds_total",
    "Time in which at least one task was ready to run and had no processor.",
);
const IO_WAITING: Descriptor =
    stall("node_pressure_io_waiting_seconds_total", "Time in which at least one task waited for a disk.");
const IO_STALLED: Descriptor =
    stall("node_pressure_io_stalled_seconds_total", "Time in which no task got on because all waited for a disk.");
const MEMORY_WAITING: Descriptor =
    stall("node_pressure_memory_waiting_seconds_total", "Time in which at least one task waited for memory.");
const MEMORY_STALLED: Descriptor =
    stall("node_pressure_memory_stalled_seconds_total", "Time in which no task got on because all waited for memory.");
const IRQ_STALLED: Descriptor = stall(
    "node_pressure_irq_stalled_seconds_total",
    "Time in which no task got on because interrupts had the processor.",
);

const fn stall(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::counter(name, Unit::Seconds, &[], help)
}

/// Files, each with the family of its line `some` and that of its line `full`. All tasks short of a processor at once
/// makes no sense for a machine, and the kernel's number for it is always 0.
const FILES: [(&str, Option<&Descriptor>, Option<&Descriptor>); 4] = [
    ("pressure/cpu", Some(&CPU_WAITING), None),
    ("pressure/io", Some(&IO_WAITING), Some(&IO_STALLED)),
    ("pressure/memory", Some(&MEMORY_WAITING), Some(&MEMORY_STALLED)),
    ("pressure/irq", None, Some(&IRQ_STALLED)),
];

/// The collector `pressure`.
pub const COLLECTOR: Collector = Collector {
    name: "pressure",
    default: true,
    metrics: &[CPU_WAITING, IO_WAITING, IO_STALLED, MEMORY_WAITING, MEMORY_STALLED, IRQ_STALLED],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut result = Ok(());
    for (path, some, full) in FILES {
        match host.proc(path).map_err(Failure::missing_is_no_data) {
            Ok(text) => result = result.and(read_file(path, &text, some, full, out)),
            // Each file came with another version of the kernel, and all may be turned off.
            Err(failure) if failure.reason == Reason::NoData => {}
            Err(failure) => result = result.and(Err(failure)),
        }
    }
    if out.is_empty() && result.is_ok() {
        return Err(Failure::no_data("pressure: the kernel is built without it, or started without psi=1"));
    }
    result
}

fn read_file(
    path: &str,
    text: &str,
    some: Option<&'static Descriptor>,
    full: Option<&'static Descriptor>,
    out: &mut Batch,
) -> Result<(), Failure> {
    let mut result = Ok(());
    for line in text.lines() {
        let (word, numbers) = line.split_once(' ').unwrap_or((line, ""));
        let descriptor = match word {
            "some" => some,
            "full" => full,
            _ => None,
        };
        let Some(descriptor) = descriptor else { continue };
        let total = numbers.rsplit_once("total=").and_then(|(_, total)| total.trim_end().parse::<u64>().ok());
        match total {
            // In two steps, for the last digit to be the one that existing series have.
            Some(total) => out.push(descriptor, &[], total as f64 / 1000.0 / 1000.0),
            None => result = result.and(Err(Failure::parse(format!("{path}: {line:?}")))),
        }
    }
    result
}
