//! `/sys/class/watchdog`: devices that restart the machine when nobody feeds them.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

/// Files with a number. Which of them there are depends on the device.
const NUMBERS: [(&str, Descriptor); 7] = [
    ("bootstatus", gauge("node_watchdog_bootstatus", Unit::None, "Why the machine started last, as flags.")),
    ("fw_version", gauge("node_watchdog_fw_version", Unit::None, "Version of the device's firmware.")),
    ("nowayout", gauge("node_watchdog_nowayout", Unit::Bool, "1 if the device cannot be stopped once it runs.")),
    ("timeleft", gauge("node_watchdog_timeleft_seconds", Unit::Seconds, "Time until the device would restart it.")),
    ("timeout", gauge("node_watchdog_timeout_seconds", Unit::Seconds, "Time without food until it acts.")),
    (
        "pretimeout",
        gauge("node_watchdog_pretimeout_seconds", Unit::Seconds, "How long before it acts the device gives a warning."),
    ),
    ("access_cs0", gauge("node_watchdog_access_cs0", Unit::Bool, "1 if the machine started from its second flash.")),
];
const INFO: Descriptor = Descriptor::gauge(
    "node_watchdog_info",
    Unit::Info,
    &["identity", "name", "options", "pretimeout_governor", "state", "status"],
    "What the device is and how it stands.",
);

/// The collector `watchdog`.
pub const COLLECTOR: Collector = Collector {
    name: "watchdog",
    default: true,
    metrics: &[NUMBERS[0].1, NUMBERS[1].1, NUMBERS[2].1, NUMBERS[3].1, NUMBERS[4].1, NUMBERS[5].1, NUMBERS[6].1, INFO],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, unit, &["name"], help)
}

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    for device in host.devices("class/watchdog")? {
        let path = |file: &str| format!("class/watchdog/{device}/{file}");
        for (file, descriptor) in &NUMBERS {
            if let Some(value) = host.number(&path(file)) {
                out.push(descriptor, &[&device], value);
            }
        }
        let mut text = |file: &str| host.attribute(&path(file)).unwrap_or_default().into_owned();
        let (identity, options, governor) = (text("identity"), text("options"), text("pretimeout_governor"));
        out.push(&INFO, &[&identity, &device, &options, &governor, &text("state"), &text("status")], 1.0);
    }
    Ok(())
}
