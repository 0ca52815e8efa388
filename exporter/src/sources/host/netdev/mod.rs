//! Traffic and errors of network devices.
//!
//! `/proc/net/dev` holds, summed up, what netlink would tell, but for the packets that nobody wanted; these are a
//! file in sysfs. Both follow the paths that are configured.

mod addresses;

use super::{Collector, Filter, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const LABELS: &[&str] = &["device"];

const fn counter(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::counter(name, unit, LABELS, help)
}

/// The columns of `/proc/net/dev`, in their order.
const COLUMNS: [Descriptor; 16] = [
    counter("node_network_receive_bytes_total", Unit::Bytes, "Data received."),
    counter("node_network_receive_packets_total", Unit::Count, "Packets received."),
    counter("node_network_receive_errs_total", Unit::Count, "Bad packets received."),
    counter("node_network_receive_drop_total", Unit::Count, "Packets received, but dropped for want of room."),
    counter("node_network_receive_fifo_total", Unit::Count, "Overruns of the receive queue."),
    counter("node_network_receive_frame_total", Unit::Count, "Packets of wrong length, form or checksum received."),
    counter("node_network_receive_compressed_total", Unit::Count, "Compressed packets received."),
    counter("node_network_receive_multicast_total", Unit::Count, "Multicast packets received."),
    counter("node_network_transmit_bytes_total", Unit::Bytes, "Data sent."),
    counter("node_network_transmit_packets_total", Unit::Count, "Packets sent."),
    counter("node_network_transmit_errs_total", Unit::Count, "Packets that could not be sent."),
    counter("node_network_transmit_drop_total", Unit::Count, "Packets dropped on the way out."),
    counter("node_network_transmit_fifo_total", Unit::Count, "Overruns of the send queue."),
    counter("node_network_transmit_colls_total", Unit::Count, "Collisions while sending."),
    counter("node_network_transmit_carrier_total", Unit::Count, "Packets lost to the link: carrier, abort, window."),
    counter("node_network_transmit_compressed_total", Unit::Count, "Compressed packets sent."),
];
const NOHANDLER: Descriptor =
    counter("node_network_receive_nohandler_total", Unit::Count, "Packets received that nobody on the host wanted.");

/// What the columns above sum up or call otherwise; reported in their place with `enable-detailed-metrics`.
const DETAILS: [Descriptor; 17] = [
    counter("node_network_receive_errors_total", Unit::Count, "Bad packets received."),
    counter("node_network_receive_dropped_total", Unit::Count, "Packets received, but dropped by the kernel."),
    counter("node_network_receive_length_errors_total", Unit::Count, "Packets of wrong length received."),
    counter("node_network_receive_over_errors_total", Unit::Count, "Overruns of the receive ring."),
    counter("node_network_receive_crc_errors_total", Unit::Count, "Packets with a wrong checksum received."),
    counter("node_network_receive_frame_errors_total", Unit::Count, "Packets of wrong form received."),
    counter("node_network_receive_fifo_errors_total", Unit::Count, "Overruns of the receive queue."),
    counter("node_network_receive_missed_errors_total", Unit::Count, "Packets missed by the device for want of room."),
    counter("node_network_transmit_errors_total", Unit::Count, "Packets that could not be sent."),
    counter("node_network_transmit_dropped_total", Unit::Count, "Packets dropped on the way out."),
    counter("node_network_transmit_aborted_errors_total", Unit::Count, "Packets whose sending was aborted."),
    counter("node_network_transmit_carrier_errors_total", Unit::Count, "Packets lost because the link was."),
    counter("node_network_transmit_fifo_errors_total", Unit::Count, "Overruns of the send queue."),
    counter("node_network_transmit_heartbeat_errors_total", Unit::Count, "Packets lost to a missing heartbeat."),
    counter("node_network_transmit_window_errors_total", Unit::Count, "Packets lost to a late collision."),
    counter("node_network_multicast_total", Unit::Count, "Multicast packets received."),
    counter("node_network_collisions_total", Unit::Count, "Collisions while sending."),
];

const ADDRESS: Descriptor = Descriptor::gauge(
    "node_network_address_info",
    Unit::Info,
    &["address", "device", "netmask", "scope"],
    "An address of a network device; netmask is the length of its prefix.",
);

const INCLUDE: Setting = Setting::text("netdev.device-include", "", "Devices to report (regular expression).");
const EXCLUDE: Setting = Setting::text("netdev.device-exclude", "", "Devices to leave out (regular expression).");
const ADDRESSES: Setting = Setting::switch("netdev.address-info", false, "Report the addresses of devices.");
const DETAILED: Setting =
    Setting::switch("netdev.enable-detailed-metrics", false, "Report each kind of error under a name of its own.");
const ALIAS: Setting = Setting::switch("netdev.label-ifalias", false, "Add the alias of the device as a label.");
const NETLINK: Setting = Setting::switch("netdev.netlink", true, "Report also what /proc/net/dev alone does not tell.");

/// The collector `netdev`.
pub const COLLECTOR: Collector = Collector {
    name: "netdev",
    default: true,
    metrics: &METRICS,
    settings: &[INCLUDE, EXCLUDE, ADDRESSES, DETAILED, ALIAS, NETLINK],
    start: |settings| {
        let devices = settings.filter(&INCLUDE, &EXCLUDE)?;
        let source = match (settings.is_on(&NETLINK), settings.is_on(&DETAILED)) {
            (true, true) => Source::Sysfs(statistics()),
            (netlink, detailed) => Source::Proc(columns(detailed), netlink),
        };
        let (alias, addresses) = (settings.is_on(&ALIAS), settings.is_on(&ADDRESSES));
        Ok(Box::new(move |host, out| {
            read(host, out, &devices, &source, alias)?;
            if addresses { push_addresses(out, &devices) } else { Ok(()) }
        }))
    },
};

const METRICS: [Descriptor; 35] = {
    let mut all = [NOHANDLER; 35];
    let (columns, others) = all.split_at_mut(COLUMNS.len());
    let (details, others) = others.split_at_mut(DETAILS.len());
    columns.copy_from_slice(&COLUMNS);
    details.copy_from_slice(&DETAILS);
    others.copy_from_slice(&[NOHANDLER, ADDRESS]);
    all
};

/// Where the numbers come from, and what they become.
enum Source {
    /// Columns of `/proc/net/dev`; and whether to report the packets nobody wanted.
    Proc(Vec<&'static Descriptor>, bool),
    /// Files in `/sys/class/net/DEVICE/statistics`.
    Sysfs(Vec<(String, &'static Descriptor)>),
}

fn columns(detailed: bool) -> Vec<&'static Descriptor> {
    let named = |column: &'static Descriptor| match column.name {
        "node_network_receive_errs_total" if detailed => find("node_network_receive_errors_total", column),
        "node_network_receive_drop_total" if detailed => find("node_network_receive_dropped_total", column),
        "node_network_transmit_errs_total" if detailed => find("node_network_transmit_errors_total", column),
        "node_network_transmit_drop_total" if detailed => find("node_network_transmit_dropped_total", column),
        _ => column,
    };
    COLUMNS.iter().map(named).collect()
}

fn find(name: &str, otherwise: &'static Descriptor) -> &'static Descriptor {
    DETAILS.iter().find(|descriptor| descriptor.name == name).unwrap_or(otherwise)
}

/// `node_network_receive_bytes_total` is in the file `rx_bytes`.
fn statistics() -> Vec<(String, &'static Descriptor)> {
    let plain = COLUMNS.iter().chain([&NOHANDLER]).filter(|descriptor| {
        ["_bytes_total", "_packets_total", "_compressed_total", "_nohandler_total"]
            .iter()
            .any(|end| descriptor.name.ends_with(end))
    });
    let file = |descriptor: &Descriptor| {
        let name = descriptor.name.trim_start_matches("node_network_").trim_end_matches("_total");
        name.replace("receive_", "rx_").replace("transmit_", "tx_")
    };
    plain.chain(&DETAILS).map(|descriptor| (file(descriptor), descriptor)).collect()
}

fn read(host: &mut Host, out: &mut Batch, devices: &Filter, source: &Source, alias: bool) -> Result<(), Failure> {
    let text = host.proc("net/dev")?.into_owned();
    let mut odd = None;
    for line in text.lines().skip(2) {
        let Some((device, counts)) = parse(line) else {
            odd.get_or_insert_with(|| Failure::parse(format!("net/dev: {line:?}")));
            continue;
        };
        if !devices.keeps(device) {
            continue;
        }
        let folder = format!("class/net/{device}");
        let alias = if alias { host.attribute(&format!("{folder}/ifalias")) } else { None };
        let alias = alias.map(|text| text.into_owned());
        // Nobody's rules should have to reckon with a label that nearly nobody turns on, so it is not declared.
        let mut push = |descriptor: &'static Descriptor, count| match &alias {
            None => out.push(descriptor, &[device], count),
            Some(alias) => {
                out.push_foreign(&descriptor.into(), [("device", device), ("ifalias", alias)].into_iter(), count)
            }
        };
        match source {
            Source::Proc(columns, with_nohandler) => {
                columns.iter().zip(counts).for_each(|(descriptor, count)| push(descriptor, count));
                let nohandler = with_nohandler.then(|| host.number(&format!("{folder}/statistics/rx_nohandler")));
                nohandler.flatten().into_iter().for_each(|count| push(&NOHANDLER, count));
            }
            Source::Sysfs(files) => {
                for (file, descriptor) in files {
                    let count = host.number(&format!("{folder}/statistics/{file}"));
                    count.into_iter().for_each(|count| push(descriptor, count));
                }
            }
        }
    }
    odd.map_or(Ok(()), Err)
}

/// `eth0: 1 2 …`. Old-style alias devices have a colon in their name.
fn parse(line: &str) -> Option<(&str, [f64; COLUMNS.len()])> {
    let (device, rest) = line.rsplit_once(':')?;
    let mut fields = rest.split_ascii_whitespace();
    let mut counts = [0.0; COLUMNS.len()];
    for count in &mut counts {
        *count = fields.next()?.parse::<u64>().ok()? as f64;
    }
    Some((device.trim(), counts)).filter(|(device, _)| !device.is_empty())
}

fn push_addresses(out: &mut Batch, devices: &Filter) -> Result<(), Failure> {
    for (device, address) in addresses::all()? {
        if devices.keeps(&device) {
            let (ip, prefix) = (address.ip.to_string(), address.prefix.to_string());
            out.push(&ADDRESS, &[&ip, &device, &prefix, address.scope()], 1.0);
        }
    }
    Ok(())
}
