//! `/sys/devices/system/cpu/cpu*/cpufreq`: how fast the processors run, may run, and who decides.

use std::{borrow::Cow, time::Instant};

use super::{Collector, Host, cpu};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const fn hertz(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Hertz, &["cpu"], help)
}

const CURRENT: Descriptor = hertz("node_cpu_frequency_hertz", cpu::FREQUENCY_HELP);
const MIN: Descriptor = hertz("node_cpu_frequency_min_hertz", "Lowest frequency of the processor.");
const MAX: Descriptor = hertz("node_cpu_frequency_max_hertz", "Highest frequency of the processor.");
const SCALING: Descriptor =
    hertz("node_cpu_scaling_frequency_hertz", "Frequency that the kernel last asked the processor to run at.");
const SCALING_MIN: Descriptor =
    hertz("node_cpu_scaling_frequency_min_hertz", "Lowest frequency that the kernel may choose.");
const SCALING_MAX: Descriptor =
    hertz("node_cpu_scaling_frequency_max_hertz", "Highest frequency that the kernel may choose.");
const GOVERNOR: Descriptor = Descriptor::gauge(
    "node_cpu_scaling_governor",
    Unit::Bool,
    &["cpu", "governor"],
    "Policies that can choose the frequency; 1 for the one that does.",
);

/// Only root may read the first.
const FILES: [(&str, &Descriptor); 6] = [
    ("cpuinfo_cur_freq", &CURRENT),
    ("cpuinfo_min_freq", &MIN),
    ("cpuinfo_max_freq", &MAX),
    ("scaling_cur_freq", &SCALING),
    ("scaling_min_freq", &SCALING_MIN),
    ("scaling_max_freq", &SCALING_MAX),
];

/// The collector `cpufreq`.
pub const COLLECTOR: Collector = Collector {
    name: "cpufreq",
    default: true,
    metrics: &[CURRENT, MIN, MAX, SCALING, SCALING_MIN, SCALING_MAX, GOVERNOR],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let cpus = cpu::list(host).map_err(Failure::missing_is_no_data)?;
    // The files of a processor that is off stay, and answer with an error or with what once was.
    let offline = host.attribute("devices/system/cpu/offline").and_then(|text| cpu::parse_list(&text));
    let offline = offline.unwrap_or_default();
    for number in cpus.iter().filter(|cpu| !offline.iter().any(|range| range.contains(cpu))) {
        // Kernels before 5.18 may take 10 ms for each processor to measure its frequency.
        if Instant::now() >= host.deadline() {
            return Err(Failure::new(Reason::Timeout, format!("cpufreq: reached only cpu{number}")));
        }
        read_processor(host, &number.to_string(), out);
    }
    if out.is_empty() {
        return Err(Failure::no_data("no processor whose frequency the kernel can set"));
    }
    Ok(())
}

fn read_processor(host: &mut Host, number: &str, out: &mut Batch) {
    let folder = format!("{}/cpu{number}/cpufreq", cpu::FOLDER);
    // Asked first: without it there is no frequency to set, and six more files would be looked for in vain.
    let Some(governor) = host.attribute(&format!("{folder}/scaling_governor")).map(Cow::into_owned) else {
        return;
    };
    for (file, descriptor) in FILES {
        let kilohertz = host.attribute(&format!("{folder}/{file}")).and_then(|text| text.parse::<u64>().ok());
        if let Some(kilohertz) = kilohertz {
            out.push(descriptor, &[number], kilohertz as f64 * 1000.0);
        }
    }
    if let Some(governors) = host.attribute(&format!("{folder}/scaling_available_governors")) {
        for name in governors.split_ascii_whitespace() {
            out.push(&GOVERNOR, &[number, name], f64::from(u8::from(name == governor)));
        }
    }
}
