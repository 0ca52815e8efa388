//! `/sys/class/power_supply`: mains and batteries.

mod fields;

use fields::FIELDS;
use regex::Regex;

use super::{Collector, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const LABELS: [&str; 12] = [
    "capacity_level",
    "charge_type",
    "health",
    "manufacturer",
    "model_name",
    "power_supply",
    "scope",
    "serial_number",
    "status",
    "technology",
    "type",
    "usb_type",
];
const INFO: Descriptor =
    Descriptor::gauge("node_power_supply_info", Unit::Info, &LABELS, "What the supply is and what it is doing.");

/// All of them in one list, as the catalog wants it.
#[allow(clippy::indexing_slicing)] // An index out of range would not compile here.
const METRICS: [Descriptor; FIELDS.len() + 1] = {
    let mut all = [INFO; FIELDS.len() + 1];
    let mut at = 0;
    while at < FIELDS.len() {
        all[at] = FIELDS[at].2;
        at += 1;
    }
    all
};

const IGNORED: Setting =
    Setting::text("powersupply.ignored-supplies", "^$", "Power supplies to leave out (regular expression).");

/// The collector `powersupplyclass`.
pub const COLLECTOR: Collector = Collector {
    name: "powersupplyclass",
    default: true,
    metrics: &METRICS,
    settings: &[IGNORED],
    start: |settings| {
        let ignored = settings.pattern(&IGNORED)?;
        Ok(Box::new(move |host, out| read(host, ignored.as_ref(), out)))
    },
};

fn read(host: &mut Host, ignored: Option<&Regex>, out: &mut Batch) -> Result<(), Failure> {
    for supply in host.devices("class/power_supply")? {
        if ignored.is_some_and(|ignored| ignored.is_match(&supply)) {
            continue;
        }
        let folder = format!("class/power_supply/{supply}");
        // A driver has a dozen of the sixty files that there can be: asking for the list is cheaper than for each. A
        // supply that was unplugged meanwhile has none.
        let Ok(files) = host.list_sys(&folder) else { continue };
        for (file, divisor, descriptor) in &FIELDS {
            if files.binary_search_by(|name| (**name).cmp(file)).is_err() {
                continue;
            }
            if let Some(value) = host.number(&format!("{folder}/{file}")) {
                out.push(descriptor, &[&supply], value / divisor);
            }
        }
        let values = LABELS.map(|label| match label {
            "power_supply" => Some(supply.clone()),
            label if files.binary_search_by(|name| (**name).cmp(label)).is_ok() => {
                let value = host.attribute(&format!("{folder}/{label}"))?;
                Some(value.trim_start().to_owned()).filter(|value| !value.is_empty())
            }
            _ => None,
        });
        out.push_present(&INFO, &values, 1.0);
    }
    Ok(())
}
