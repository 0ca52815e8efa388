//! `/proc/interrupts`: how often each interrupt came, on each processor.

use super::{Collector, Filter, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const INTERRUPTS: Descriptor = Descriptor::counter(
    "node_interrupts_total",
    Unit::Count,
    &["cpu", "devices", "info", "type"],
    "Interrupts served, by processor and by interrupt.",
);

const INCLUDE: Setting =
    Setting::text("interrupts.name-include", "", "Interrupts to report (regular expression over `type;info;devices`).");
const EXCLUDE: Setting = Setting::text(
    "interrupts.name-exclude",
    "",
    "Interrupts to leave out (regular expression over `type;info;devices`).",
);
const ZEROS: Setting =
    Setting::switch("interrupts.include-zeros", true, "Also report interrupts that have not come yet.");

/// The collector `interrupts`.
pub const COLLECTOR: Collector = Collector {
    name: "interrupts",
    default: false,
    metrics: &[INTERRUPTS],
    settings: &[INCLUDE, EXCLUDE, ZEROS],
    start: |settings| {
        let names = settings.filter(&INCLUDE, &EXCLUDE)?;
        let zeros = settings.is_on(&ZEROS);
        Ok(Box::new(move |host, out| read(&host.proc("interrupts")?, &names, zeros, out)))
    },
};

fn read(text: &str, names: &Filter, zeros: bool, out: &mut Batch) -> Result<(), Failure> {
    let mut lines = text.lines();
    let cpus = processors(lines.next(), "interrupts")?;
    let mut result = Ok(());
    for line in lines {
        let Some((kind, rest)) = line.split_once(':') else { continue };
        let mut fields = rest.split_whitespace();
        let counts = fields.clone();
        // Lines without a column for each processor and a description (`ERR`, `MIS`) count something else.
        if fields.by_ref().take(cpus.len()).count() < cpus.len() {
            continue;
        }
        let Some((info, devices)) = describe(kind, fields) else { continue };
        let kind = kind.trim_start();
        if !names.keeps(&format!("{kind};{info};{devices}")) {
            continue;
        }
        for (cpu, count) in cpus.iter().zip(counts) {
            match count.parse::<u64>() {
                Ok(0) if !zeros => {}
                Ok(count) => out.push(&INTERRUPTS, &[cpu, &devices, &info, kind], count as f64),
                Err(_) => result = result.and(Err(Failure::parse(format!("interrupts: {line:?}")))),
            }
        }
    }
    result
}

/// What follows the counts. Of a numbered interrupt the first word names the controller, and the rest the devices;
/// the others have only a description.
fn describe<'a>(kind: &str, mut fields: impl Iterator<Item = &'a str>) -> Option<(String, String)> {
    let mut info = fields.next()?.to_owned();
    let mut rest = String::new();
    let numbered = kind.trim_start().parse::<u32>().is_ok();
    let target = if numbered { &mut rest } else { &mut info };
    for field in fields {
        if !target.is_empty() {
            target.push(' ');
        }
        target.push_str(field);
    }
    Some((info, rest))
}

/// The numbers in a heading `CPU0 CPU1 CPU4`. Where processors are offline, the position of a column is not the number
/// of its processor.
pub(super) fn processors<'a>(heading: Option<&'a str>, file: &str) -> Result<Vec<&'a str>, Failure> {
    let words = heading.unwrap_or_default().split_whitespace();
    let numbers: Option<Vec<&str>> = words.map(|word| word.strip_prefix("CPU")).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() => Ok(numbers),
        _ => Err(Failure::parse(format!("{file}: {:?} names no processors", heading.unwrap_or_default()))),
    }
}
