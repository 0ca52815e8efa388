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
        let mut choice = Choice { fields: settings.pattern(&FIELDS)?, lines: Vec::new() };
        let known = Known::new(&METRICS);
        Ok(Box::new(move |host, out| read(&host.proc("vmstat")?, &mut choice, &known, out)))
    },
};

/// Which lines are asked for. Their order stays the same while the kernel runs, so each name is looked at once.
struct Choice {
    fields: Option<Regex>,
    lines: Vec<(String, bool)>,
}

impl Choice {
    fn takes(&mut self, line: usize, key: &str) -> bool {
        if let Some((_, takes)) = self.lines.get(line).filter(|(seen, _)| seen == key) {
            return *takes;
        }
        let takes = self.fields.as_ref().is_none_or(|fields| fields.is_match(key));
        // Another name than before means another file: what was learnt from here on is worth nothing.
        self.lines.truncate(line);
        if self.lines.len() == line && line < MOST_LINES {
            self.lines.push((key.to_owned(), takes));
        }
        takes
    }
}

/// No kernel has so many lines; whatever writes them must not fill our memory.
const MOST_LINES: usize = 1024;

fn read(text: &str, choice: &mut Choice, known: &Known, out: &mut Batch) -> Result<(), Failure> {
    let mut result = Ok(());
    let mut name = String::new();
    for (number, line) in text.lines().enumerate() {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if !choice.takes(number, key) {
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
