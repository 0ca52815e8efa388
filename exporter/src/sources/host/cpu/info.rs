//! `/proc/cpuinfo`: what each processor is.

use regex::Regex;

use crate::metric::{Batch, Descriptor, Failure, Unit};

pub const INFO: Descriptor = Descriptor::gauge(
    "node_cpu_info",
    Unit::Info,
    &["cachesize", "core", "cpu", "family", "microcode", "model", "model_name", "package", "stepping", "vendor"],
    "What each processor is.",
);
/// Two sources know the frequency; the family has one help.
pub const FREQUENCY_HELP: &str = "Frequency at which the processor runs.";
pub const FREQUENCY: Descriptor =
    Descriptor::gauge("node_cpu_frequency_hertz", Unit::Hertz, &["core", "cpu", "package"], FREQUENCY_HELP);
pub const FLAG: Descriptor =
    Descriptor::gauge("node_cpu_flag_info", Unit::Info, &["flag"], "An ability of the first processor.");
pub const BUG: Descriptor =
    Descriptor::gauge("node_cpu_bug_info", Unit::Info, &["bug"], "A flaw of the first processor.");

pub fn read(text: &str, flags: Option<&Regex>, bugs: Option<&Regex>, out: &mut Batch) -> Result<(), Failure> {
    let processors = parse(text);
    for cpu in &processors {
        let labels = [
            cpu.cache_size,
            cpu.core,
            cpu.number,
            cpu.family,
            cpu.microcode,
            cpu.model,
            cpu.model_name,
            cpu.package,
            cpu.stepping,
            cpu.vendor,
        ];
        out.push(&INFO, &labels, 1.0);
    }
    for cpu in &processors {
        // Not all platforms say it.
        if let Ok(megahertz) = cpu.megahertz.parse::<f64>() {
            out.push(&FREQUENCY, &[cpu.core, cpu.number, cpu.package], megahertz * 1e6);
        }
    }
    let first = processors.first().ok_or_else(|| Failure::parse("cpuinfo: names no processor"))?;
    for (descriptor, words, wanted) in [(&FLAG, first.flags, flags), (&BUG, first.bugs, bugs)] {
        let Some(wanted) = wanted else { continue };
        for word in words.split_ascii_whitespace().filter(|word| wanted.is_match(word)) {
            out.push(descriptor, &[word], 1.0);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Processor<'a> {
    number: &'a str,
    vendor: &'a str,
    family: &'a str,
    model: &'a str,
    model_name: &'a str,
    stepping: &'a str,
    microcode: &'a str,
    megahertz: &'a str,
    cache_size: &'a str,
    package: &'a str,
    core: &'a str,
    flags: &'a str,
    bugs: &'a str,
}

/// A line `processor` begins each; the keys are those of x86 and, where they differ, ARM.
fn parse(text: &str) -> Vec<Processor<'_>> {
    let mut processors: Vec<Processor<'_>> = Vec::new();
    for (key, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        let key = key.trim_ascii_end();
        if key == "processor" {
            processors.push(Processor { number: value, ..Processor::default() });
            continue;
        }
        let Some(cpu) = processors.last_mut() else { continue };
        let field = match key {
            "vendor" | "vendor_id" => &mut cpu.vendor,
            "cpu family" => &mut cpu.family,
            "model" => &mut cpu.model,
            "model name" => &mut cpu.model_name,
            "stepping" => &mut cpu.stepping,
            "microcode" => &mut cpu.microcode,
            "cpu MHz" => &mut cpu.megahertz,
            "cache size" => &mut cpu.cache_size,
            "physical id" => &mut cpu.package,
            "core id" => &mut cpu.core,
            "flags" | "Features" => &mut cpu.flags,
            "bugs" => &mut cpu.bugs,
            _ => continue,
        };
        *field = value;
    }
    processors
}
