//! `/sys/class/net`: what network devices are and in what state.

use regex::Regex;

use super::{Collector, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const DEVICE: &[&str] = &["device"];

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, unit, DEVICE, help)
}

const fn counter(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::counter(name, Unit::Count, DEVICE, help)
}

/// Files that hold one whole number.
const FILES: [&str; 16] = [
    "addr_assign_type",
    "carrier",
    "carrier_changes",
    "carrier_up_count",
    "carrier_down_count",
    "dev_id",
    "dormant",
    "flags",
    "ifindex",
    "iflink",
    "link_mode",
    "mtu",
    "name_assign_type",
    "netdev_group",
    "tx_queue_len",
    "type",
];

/// What these numbers are, in the same order; then the others.
const METRICS: [Descriptor; 19] = [
    gauge("node_network_address_assign_type", Unit::None, "How the device got its address: 0 for good, 1 by chance."),
    gauge("node_network_carrier", Unit::Bool, "Whether the link is there."),
    counter("node_network_carrier_changes_total", "Times the link came or went."),
    counter("node_network_carrier_up_changes_total", "Times the link came."),
    counter("node_network_carrier_down_changes_total", "Times the link went."),
    gauge("node_network_device_id", Unit::None, "Tells devices apart that share an address."),
    gauge("node_network_dormant", Unit::Bool, "Whether the device waits for something, such as a login."),
    gauge("node_network_flags", Unit::None, "Flags of the device, as bits."),
    gauge("node_network_iface_id", Unit::None, "Index of the device."),
    gauge("node_network_iface_link", Unit::None, "Index of the device that this one sends through."),
    gauge("node_network_iface_link_mode", Unit::None, "What the link is taken for when it comes: 1 for dormant."),
    gauge("node_network_mtu_bytes", Unit::Bytes, "Longest packet."),
    gauge("node_network_name_assign_type", Unit::None, "Who named the device: kernel, user, or after a rule."),
    gauge("node_network_net_dev_group", Unit::None, "Group of the device."),
    gauge("node_network_transmit_queue_length", Unit::Count, "Packets that may wait to be sent."),
    gauge("node_network_protocol_type", Unit::None, "Protocol of the device: 1 for Ethernet."),
    UP,
    INFO,
    SPEED,
];
const UP: Descriptor = gauge("node_network_up", Unit::Bool, "Whether the device works.");
const INFO: Descriptor = Descriptor::gauge(
    "node_network_info",
    Unit::Info,
    &["address", "adminstate", "broadcast", "device", "duplex", "ifalias", "operstate"],
    "What the network device is.",
);
const SPEED: Descriptor =
    gauge("node_network_speed_bytes", Unit::Bytes, "Data per second that the link can carry; -125000 if unknown.");

const IGNORED: Setting = Setting::text("netclass.ignored-devices", "^$", "Devices to leave out (regular expression).");
const IGNORE_INVALID: Setting =
    Setting::switch("netclass.ignore-invalid-speed", false, "Leave out speeds that are not known.");
const NETLINK: Setting = Setting::switch("netclass.netlink", false, "Without effect: sysfs tells more, and cheaply.");
const WITH_STATS: Setting =
    Setting::switch("netclass_rtnl.with-stats", false, "Without effect: the collector netdev has the statistics.");

/// The collector `netclass`.
pub const COLLECTOR: Collector = Collector {
    name: "netclass",
    default: true,
    metrics: &METRICS,
    settings: &[IGNORED, IGNORE_INVALID, NETLINK, WITH_STATS],
    start: |settings| {
        let ignored = settings.pattern(&IGNORED)?;
        let with_invalid_speed = !settings.is_on(&IGNORE_INVALID);
        Ok(Box::new(move |host, out| read(host, out, ignored.as_ref(), with_invalid_speed)))
    },
};

fn read(host: &mut Host, out: &mut Batch, ignored: Option<&Regex>, with_invalid_speed: bool) -> Result<(), Failure> {
    let devices = host.list_sys("class/net").map_err(Failure::missing_is_no_data)?;
    for device in devices {
        // The one file among the devices.
        if device == "bonding_masters" || ignored.is_some_and(|ignored| ignored.is_match(&device)) {
            continue;
        }
        push(host, out, &device, with_invalid_speed);
    }
    Ok(())
}

fn push(host: &mut Host, out: &mut Batch, device: &str, with_invalid_speed: bool) {
    let mut text = |file: &str| host.attribute(&format!("class/net/{device}/{file}")).map(|text| text.into_owned());
    let operstate = text("operstate");
    let numbers = FILES.map(|file| text(file).as_deref().and_then(integer));
    if operstate.is_none() && numbers.iter().all(Option::is_none) {
        // The device went away since its folder was listed.
        return;
    }
    let operstate = operstate.unwrap_or_default();
    let [address, broadcast, duplex, alias] =
        ["address", "broadcast", "duplex", "ifalias"].map(|file| text(file).unwrap_or_default());
    let flags = FILES.iter().zip(numbers).find_map(|(file, number)| number.filter(|_| *file == "flags"));
    let admin = match flags {
        Some(flags) if flags & 1 == 1 => "up",
        Some(_) => "down",
        None => "unknown",
    };
    out.push(&UP, &[device], f64::from(u8::from(operstate == "up")));
    out.push(&INFO, &[&address, admin, &broadcast, device, &duplex, &alias, &operstate], 1.0);
    for (descriptor, number) in METRICS.iter().zip(numbers) {
        if let Some(number) = number {
            out.push(descriptor, &[device], number as f64);
        }
    }
    // In megabits per second; many devices without a link say -1.
    let speed = text("speed").as_deref().and_then(integer);
    if let Some(speed) = speed.filter(|speed| *speed >= 0 || with_invalid_speed) {
        out.push(&SPEED, &[device], speed as f64 * 125_000.0);
    }
}

/// A number as these files spell them: `1500`, `-1`, `0x1003`.
fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, number) in [("1500", Some(1500)), ("-1", Some(-1)), ("0x1003", Some(4099)), ("", None), ("0x", None)]
        {
            assert_eq!(integer(text), number, "{text:?}");
        }
    }
}
