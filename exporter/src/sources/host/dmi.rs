//! `/sys/class/dmi/id`: who made this machine, as its firmware says.

use super::{Collector, Host};
use crate::metric::{Descriptor, Failure, Unit};

/// Labels, which but for one are the names of the kernel's files.
const LABELS: [&str; 20] = [
    "bios_date",
    "bios_release",
    "bios_vendor",
    "bios_version",
    "board_asset_tag",
    "board_name",
    "board_serial",
    "board_vendor",
    "board_version",
    "chassis_asset_tag",
    "chassis_serial",
    "chassis_vendor",
    "chassis_version",
    "product_family",
    "product_name",
    "product_serial",
    "product_sku",
    "product_uuid",
    "product_version",
    "system_vendor",
];

const INFO: Descriptor = Descriptor::gauge(
    "node_dmi_info",
    Unit::Info,
    &LABELS,
    "Maker, model and firmware of the machine; serial numbers only where we may read them.",
);

/// The collector `dmi`.
pub const COLLECTOR: Collector = Collector {
    name: "dmi",
    default: true,
    metrics: &[INFO],
    settings: &[],
    start: |_| {
        // The firmware cannot say anything else before the machine starts again.
        let mut known = None;
        Ok(Box::new(move |host, out| {
            let values = match &mut known {
                Some(values) => values,
                None => known.insert(ask(host)?),
            };
            out.push_present(&INFO, values, 1.0);
            Ok(())
        }))
    },
};

fn ask(host: &mut Host) -> Result<[Option<String>; 20], Failure> {
    // Most virtual machines have no such folder: one look instead of twenty.
    host.devices("class/dmi/id")?;
    let values = LABELS.map(|label| {
        let file = if label == "system_vendor" { "sys_vendor" } else { label };
        host.attribute(&format!("class/dmi/id/{file}")).map(|value| value.trim_start().to_owned())
    });
    if values.iter().all(Option::is_none) {
        return Err(Failure::no_data("the firmware says nothing about the machine"));
    }
    Ok(values)
}
