//! `/sys/class/thermal`: temperatures of zones, and how hard cooling devices work.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const TEMPERATURE: Descriptor =
    Descriptor::gauge("node_thermal_zone_temp", Unit::Celsius, &["type", "zone"], "Temperature of the zone.");
const STATE: Descriptor = Descriptor::gauge(
    "node_cooling_device_cur_state",
    Unit::None,
    &["name", "type"],
    "How hard the device cools: 0 is not at all; some drivers say -1 for off.",
);
const MOST: Descriptor = Descriptor::gauge(
    "node_cooling_device_max_state",
    Unit::None,
    &["name", "type"],
    "The state in which the device cools hardest.",
);

/// The collector `thermal_zone`.
pub const COLLECTOR: Collector = Collector {
    name: "thermal_zone",
    default: true,
    metrics: &[TEMPERATURE, STATE, MOST],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let names = host.devices("class/thermal")?;
    for name in &names {
        let path = |file: &str| format!("class/thermal/{name}/{file}");
        // A zone whose sensor sleeps answers with an error; it has no temperature then, and the others have theirs.
        if let Some(zone) = numbered(name, "thermal_zone") {
            if let Some(temperature) = host.number(&path("temp")) {
                let kind = host.attribute(&path("type")).unwrap_or_default();
                out.push(&TEMPERATURE, &[&kind, zone], temperature / 1000.0);
            }
        } else if let Some(device) = numbered(name, "cooling_device") {
            let states = host.number(&path("cur_state")).zip(host.number(&path("max_state")));
            if let Some(((state, most), kind)) = states.zip(host.attribute(&path("type"))) {
                out.push(&STATE, &[device, &kind], state);
                out.push(&MOST, &[device, &kind], most);
            }
        }
    }
    Ok(())
}

/// What follows `head` in a name, where that begins with a digit.
fn numbered<'a>(name: &'a str, head: &str) -> Option<&'a str> {
    name.strip_prefix(head).filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}
