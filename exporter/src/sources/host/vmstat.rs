//! `/proc/vmstat`: what the memory management has done; each of its lines is a family.

use super::{Collector, Setting, known::Known};
use crate::metric::{Batch, Descriptor, Failure, Unit};
use regex::Regex;

/// The file mixes counters and levels without saying which is which.
const fn line(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::untyped(name, unit, &[], help)
}

const ANY: Descriptor = line("node_vmstat_*", Unit::None, "The line of /proc/vmstat that the name quotes.");

const METRICS: [Descriptor; 8] = [
    line("node_vmstat_oom_kill", Unit::Count, "Processes killed because memory ran out."),
    line("node_vmstat_pgfault", Unit::Count, "Page faults, of both kinds."),
    line("node_vmstat_pgmajfault", Unit::Count, "Page faults that had to wait for a disk."),
    line("node_vmstat_pgpgin", Unit::None, "Data read from block devices, in KiB."),
    line("node_vmstat_pgpgout", Unit::None, "Data written to block devices, in KiB."),
    line("node_vmstat_pswpin", Unit::Count, "Pages read back from swap."),
    line("node_vmstat_pswpout", Unit::Count, "Pages written to swap."),
    ANY,
];

const FIELDS: Setting =
    Setting::text("vmstat.fields", "^(oom_kill|pgpg|pswp|pg.*fault).*", "Lines to report (regular expression).");

/// The collector `vmstat`.
pub const COLLECTOR: Collector = Collector {
    name: "vmstat",
    default: true,
    metrics: &METRICS,
    settings: &[FIELDS],
    start: |settings| {
        let fields = settings.pattern(&FIELDS)?;
        let known = Known::new(&METRICS);
        Ok(Box::new(move |host, out| read(&host.proc("vmstat")?, fields.as_ref(), &known, out)))
    },
};

fn read(text: &str, fields: Option<&Regex>, known: &Known, out: &mut Batch) -> Result<(), Failure> {
    let mut result = Ok(());
    let mut name = String::new();
    for line in text.lines() {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if fields.is_some_and(|fields| !fields.is_match(key)) {
            continue;
        }
        let Ok(value) = value.trim().parse::<u64>() else {
            result = result.and(Err(Failure::parse(format!("vmstat: {line:?}"))));
            continue;
        };
        name.clear();
        name.push_str("node_vmstat_");
        name.push_str(key);
        known.push(&name, &ANY, value as f64, out);
    }
    if out.is_empty() {
        result = result.and(Err(Failure::no_data("vmstat: no line that the setting vmstat.fields asks for")));
    }
    result
}
