//! `/proc/softirqs`: how often each soft interrupt ran, on each processor.

use super::{Collector, interrupts::processors};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const FUNCTIONS: Descriptor = Descriptor::counter(
    "node_softirqs_functions_total",
    Unit::Count,
    &["cpu", "type"],
    "Soft interrupts run, by processor and by kind.",
);

/// The collector `softirqs`.
pub const COLLECTOR: Collector = Collector {
    name: "softirqs",
    default: false,
    metrics: &[FUNCTIONS],
    settings: &[],
    start: |_| Ok(Box::new(|host, out| read(&host.proc("softirqs")?, out))),
};

fn read(text: &str, out: &mut Batch) -> Result<(), Failure> {
    let mut lines = text.lines();
    let cpus = processors(lines.next(), "softirqs")?;
    let mut result = Ok(());
    for line in lines {
        let Some((kind, counts)) = line.split_once(':') else { continue };
        for (cpu, count) in cpus.iter().zip(counts.split_whitespace()) {
            match count.parse::<u64>() {
                Ok(count) => out.push(&FUNCTIONS, &[cpu, kind.trim_start()], count as f64),
                Err(_) => result = result.and(Err(Failure::parse(format!("softirqs: {line:?}")))),
            }
        }
    }
    result
}
