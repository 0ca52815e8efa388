//! `/sys/devices/system/edac`: memory errors that were corrected, and those that could not be.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const CONTROLLERS: &str = "devices/system/edac/mc";

const CHANNEL: [&str; 4] = ["channel", "controller", "csrow", "dimm_label"];
const CORRECTED: Descriptor = Descriptor::counter(
    "node_edac_correctable_errors_total",
    Unit::Count,
    &["controller"],
    "Memory errors that the hardware corrected.",
);
const UNCORRECTED: Descriptor = Descriptor::counter(
    "node_edac_uncorrectable_errors_total",
    Unit::Count,
    &["controller"],
    "Memory errors that could not be corrected.",
);
const ROW_CORRECTED: Descriptor = Descriptor::counter(
    "node_edac_csrow_correctable_errors_total",
    Unit::Count,
    &["controller", "csrow"],
    "Memory errors in this row of chips that the hardware corrected.",
);
const ROW_UNCORRECTED: Descriptor = Descriptor::counter(
    "node_edac_csrow_uncorrectable_errors_total",
    Unit::Count,
    &["controller", "csrow"],
    "Memory errors in this row of chips that could not be corrected.",
);
const CHANNEL_CORRECTED: Descriptor = Descriptor::counter(
    "node_edac_channel_correctable_errors_total",
    Unit::Count,
    &CHANNEL,
    "Memory errors in this channel of a row that the hardware corrected.",
);
const CHANNEL_UNCORRECTED: Descriptor = Descriptor::counter(
    "node_edac_channel_uncorrectable_errors_total",
    Unit::Count,
    &CHANNEL,
    "Memory errors in this channel of a row that could not be corrected.",
);

/// The collector `edac`.
pub const COLLECTOR: Collector = Collector {
    name: "edac",
    default: true,
    metrics: &[CORRECTED, UNCORRECTED, ROW_CORRECTED, ROW_UNCORRECTED, CHANNEL_CORRECTED, CHANNEL_UNCORRECTED],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    for name in host.devices(CONTROLLERS)? {
        let Some(controller) = number_after(&name, "mc") else { continue };
        let folder = format!("{CONTROLLERS}/{name}");
        for (file, descriptor, labels) in [
            ("ce_count", &CORRECTED, &[controller][..]),
            ("ue_count", &UNCORRECTED, &[controller]),
            // Errors of which the hardware does not know the row.
            ("ce_noinfo_count", &ROW_CORRECTED, &[controller, "unknown"]),
            ("ue_noinfo_count", &ROW_UNCORRECTED, &[controller, "unknown"]),
        ] {
            if let Some(errors) = host.number(&format!("{folder}/{file}")) {
                out.push(descriptor, labels, errors);
            }
        }
        for name in host.list_sys(&folder)? {
            if let Some(row) = number_after(&name, "csrow") {
                read_row(host, &format!("{folder}/{name}"), controller, row, out)?;
            }
        }
    }
    Ok(())
}

fn read_row(host: &mut Host, folder: &str, controller: &str, row: &str, out: &mut Batch) -> Result<(), Failure> {
    for (file, descriptor) in [("ce_count", &ROW_CORRECTED), ("ue_count", &ROW_UNCORRECTED)] {
        if let Some(errors) = host.number(&format!("{folder}/{file}")) {
            out.push(descriptor, &[controller, row], errors);
        }
    }
    for file in host.list_sys(folder)? {
        let Some(channel) = file.strip_suffix("_ce_count").and_then(|name| number_after(name, "ch")) else { continue };
        let label = host.attribute(&format!("{folder}/ch{channel}_dimm_label")).map(|label| spell(label.trim()));
        let labels = [channel, controller, row, label.as_deref().unwrap_or("unknown")];
        for (kind, descriptor) in [("ce", &CHANNEL_CORRECTED), ("ue", &CHANNEL_UNCORRECTED)] {
            if let Some(errors) = host.number(&format!("{folder}/ch{channel}_{kind}_count")) {
                out.push(descriptor, &labels, errors);
            }
        }
    }
    Ok(())
}

/// `CPU#0Channel#1` has no `#`, and the words that drivers glue together are parted.
fn spell(label: &str) -> String {
    label.replace('#', "").replace("csrow", "_csrow").replace("channel", "_channel")
}

fn number_after<'a>(name: &'a str, head: &str) -> Option<&'a str> {
    name.strip_prefix(head).filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
