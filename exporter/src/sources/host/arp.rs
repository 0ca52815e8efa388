//! `/proc/net/arp`: neighbours by network device.

use std::collections::BTreeMap;

use super::{Collector, Setting};
use crate::metric::{Descriptor, Failure, Unit};

const ENTRIES: Descriptor =
    Descriptor::gauge("node_arp_entries", Unit::Count, &["device"], "Entries of the ARP table.");

const INCLUDE: Setting = Setting::text("arp.device-include", "", "Devices to report (regular expression).");
const EXCLUDE: Setting = Setting::text("arp.device-exclude", "", "Devices to leave out (regular expression).");

/// The collector `arp`.
pub const COLLECTOR: Collector = Collector {
    name: "arp",
    default: true,
    metrics: &[ENTRIES],
    settings: &[INCLUDE, EXCLUDE],
    start: |settings| {
        let devices = settings.filter(&INCLUDE, &EXCLUDE)?;
        Ok(Box::new(move |host, out| {
            for (device, entries) in count(&host.proc("net/arp")?)? {
                if devices.keeps(&device) {
                    out.push(&ENTRIES, &[&device], entries);
                }
            }
            Ok(())
        }))
    },
};

fn count(text: &str) -> Result<BTreeMap<String, f64>, Failure> {
    let mut entries = BTreeMap::new();
    for line in text.lines().skip(1) {
        let device = line.split_whitespace().nth(5).ok_or_else(|| Failure::parse(format!("net/arp: {line:?}")))?;
        *entries.entry(device.to_owned()).or_insert(0.0) += 1.0;
    }
    Ok(entries)
}
