//! `/sys/class/powercap`: energy that processors and memory have used, as Intel's and AMD's processors count it.

use std::collections::HashMap;

use super::{Collector, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const BY_NAME: Descriptor =
    Descriptor::counter("node_rapl_*_joules_total", Unit::Joules, &["index", "path"], "Energy used in this zone.");
const BY_LABEL: Descriptor = Descriptor::counter(
    "node_rapl_joules_total",
    Unit::Joules,
    &["index", "path", "rapl_zone"],
    "Energy used in the zone.",
);

const ZONE_LABEL: Setting =
    Setting::switch("rapl.enable-zone-label", false, "One metric with a label for the zone, not one for each zone.");

/// The collector `rapl`.
pub const COLLECTOR: Collector = Collector {
    name: "rapl",
    default: true,
    metrics: &[BY_NAME, BY_LABEL],
    settings: &[ZONE_LABEL],
    start: |settings| {
        let zone_label = settings.is_on(&ZONE_LABEL);
        Ok(Box::new(move |host, out| read(host, zone_label, out)))
    },
};

fn read(host: &mut Host, zone_label: bool, out: &mut Batch) -> Result<(), Failure> {
    let folders = host.devices("class/powercap")?;
    let mut seen = HashMap::new();
    let mut result = Ok(());
    for folder in folders {
        let Ok(name) = host.sys(&format!("class/powercap/{folder}/name")) else { continue };
        let (zone, index) = split(name.trim(), &mut seen);
        if zone.is_empty() {
            result = result.and(Err(Failure::parse(format!("class/powercap/{folder}/name is empty"))));
            continue;
        }
        let energy = match energy(host, &format!("class/powercap/{folder}/energy_uj")) {
            Ok(energy) => energy,
            // Since an attack read keys from these numbers, many kernels give them to root alone.
            Err(failure) if failure.reason == Reason::Denied => return Err(Failure::no_data(failure.detail)),
            Err(failure) => {
                result = result.and(Err(failure));
                continue;
            }
        };
        let path = host.paths.sysfs.join("class/powercap").join(&folder);
        let (index, path) = (index.to_string(), path.to_string_lossy());
        if zone_label {
            out.push(&BY_LABEL, &[&index, &path, &zone], energy);
        } else {
            let name = format!("node_rapl_{}_joules_total", spell(&zone));
            out.push_named(&BY_NAME, &name, BY_NAME.help, &[&index, &path], energy);
        }
    }
    result
}

fn energy(host: &mut Host, path: &str) -> Result<f64, Failure> {
    let text = host.sys(path)?;
    let microjoules: u64 = text.parse().map_err(|_| Failure::parse(format!("{path}: {text:?}")))?;
    Ok(microjoules as f64 / 1e6)
}

/// `package-1` is zone `package`, index 1. Zones that all have the same name (`dram`) are counted.
fn split(name: &str, seen: &mut HashMap<String, i64>) -> (String, i64) {
    let (zone, index) = match name.split_once('-').map(|(zone, index)| (zone, index.parse())) {
        Some((zone, Ok(index))) => (zone, index),
        _ => (name, seen.get(name).copied().unwrap_or(0)),
    };
    seen.insert(zone.to_owned(), index.saturating_add(1));
    (zone.to_owned(), index)
}

/// A zone's name as part of a metric's: each run of other characters, with the underscores around it, becomes `_`.
fn spell(zone: &str) -> String {
    let mut name = String::new();
    let mut odd = false;
    for c in zone.chars() {
        let fits = c.is_ascii_alphanumeric() || (c == '_' && !odd);
        if fits {
            name.push(c);
            odd = false;
        } else if !odd {
            name.truncate(name.trim_end_matches('_').len());
            name.push('_');
            odd = true;
        }
    }
    name
}
