//! `/proc/stat`, all but its processors: what the kernel has done since it started.

use super::{Collector, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const INTERRUPTS: Descriptor = Descriptor::counter("node_intr_total", Unit::Count, &[], "Interrupts served.");
const SWITCHES: Descriptor =
    Descriptor::counter("node_context_switches_total", Unit::Count, &[], "Switches from one task to another.");
const BOOT_TIME: Descriptor =
    Descriptor::gauge("node_boot_time_seconds", Unit::Timestamp, &[], "When the kernel started.");
const FORKS: Descriptor = Descriptor::counter("node_forks_total", Unit::Count, &[], "Processes and threads started.");
const RUNNING: Descriptor =
    Descriptor::gauge("node_procs_running", Unit::Count, &[], "Tasks running on a processor or ready to.");
const BLOCKED: Descriptor =
    Descriptor::gauge("node_procs_blocked", Unit::Count, &[], "Tasks that wait for a disk to answer.");
const SOFTIRQS: Descriptor =
    Descriptor::counter("node_softirqs_total", Unit::Count, &["vector"], "Soft interrupts run, by kind.");

const SOFTIRQ: Setting = Setting::switch("stat.softirq", false, "Report soft interrupts by kind.");

/// The kinds of soft interrupt, in the order of their columns.
const VECTORS: [&str; 10] =
    ["hi", "timer", "net_tx", "net_rx", "block", "block_iopoll", "tasklet", "sched", "hrtimer", "rcu"];

/// The collector `stat`.
pub const COLLECTOR: Collector = Collector {
    name: "stat",
    default: true,
    metrics: &[INTERRUPTS, SWITCHES, BOOT_TIME, FORKS, RUNNING, BLOCKED, SOFTIRQS],
    settings: &[SOFTIRQ],
    start: |settings| {
        let softirqs = settings.is_on(&SOFTIRQ);
        Ok(Box::new(move |host, out| read(&host.proc("stat")?, softirqs, out)))
    },
};

fn read(text: &str, softirqs: bool, out: &mut Batch) -> Result<(), Failure> {
    let mut result = Ok(());
    for line in text.lines() {
        let Some((key, rest)) = line.split_once(' ') else { continue };
        let descriptor = match key {
            "intr" => &INTERRUPTS,
            "ctxt" => &SWITCHES,
            "btime" => &BOOT_TIME,
            "processes" => &FORKS,
            "procs_running" => &RUNNING,
            "procs_blocked" => &BLOCKED,
            "softirq" if softirqs => {
                result = result.and(read_softirqs(rest, out));
                continue;
            }
            _ => continue,
        };
        // The line of the interrupts has thousands of numbers after the first, which is their sum.
        let first = rest.split_ascii_whitespace().next().unwrap_or_default();
        match first.parse::<u64>() {
            Ok(value) => out.push(descriptor, &[], value as f64),
            Err(_) => result = result.and(Err(Failure::parse(format!("stat: {key} {first:?}")))),
        }
    }
    if out.is_empty() {
        result = result.and(Err(Failure::parse("stat: no line that is known")));
    }
    result
}

fn read_softirqs(counts: &str, out: &mut Batch) -> Result<(), Failure> {
    // The first is the sum of the others.
    let mut counts = counts.split_ascii_whitespace().skip(1);
    for vector in VECTORS {
        let count = counts.next().and_then(|count| count.parse::<u64>().ok());
        let count = count.ok_or_else(|| Failure::parse(format!("stat: softirq has no count of {vector}")))?;
        out.push(&SOFTIRQS, &[vector], count as f64);
    }
    Ok(())
}
