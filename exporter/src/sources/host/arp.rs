//! `/proc/net/arp`: neighbours by network device.
//!
//! node_exporter asks over netlink, and then leaves out what this file does not have.

use std::collections::BTreeMap;

use super::{Collector, Setting};
use crate::metric::{Descriptor, Failure, Unit};

const ENTRIES: Descriptor =
    Descriptor::gauge("node_arp_entries", Unit::Count, &["device"], "Entries of the ARP table.");

const INCLUDE: Setting = Setting::text("arp.device-include", "", "Devices to report (regular expression).");
const EXCLUDE: Setting = Setting::text("arp.device-exclude", "", "Devices to leave out (regular expression).");
const NETLINK: Setting = Setting::switch("arp.netlink", true, "Without effect: /proc/net/arp has the same entries.");

/// The collector `arp`.
pub const COLLECTOR: Collector = Collector {
    name: "arp",
    default: true,
    metrics: &[ENTRIES],
    settings: &[INCLUDE, EXCLUDE, NETLINK],
    start: |settings| {
        let devices = settings.filter(&INCLUDE, &EXCLUDE)?;
        Ok(Box::new(move |host, out| {
            let (entries, odd) = count(&host.proc("net/arp")?);
            for (device, entries) in entries {
                if devices.keeps(&device) {
                    out.push(&ENTRIES, &[&device], entries);
                }
            }
            odd.map_or(Ok(()), Err)
        }))
    },
};

/// Entries by device, and the first line that is none.
fn count(text: &str) -> (BTreeMap<String, f64>, Option<Failure>) {
    let mut entries = BTreeMap::new();
    let mut odd = None;
    for line in text.lines().skip(1) {
        match line.split_whitespace().nth(5) {
            Some(device) => match entries.get_mut(device) {
                Some(entries) => *entries += 1.0,
                None => _ = entries.insert(device.to_owned(), 1.0),
            },
            None => _ = odd.get_or_insert_with(|| Failure::parse(format!("net/arp: {line:?}"))),
        }
    }
    (entries, odd)
}
