//! `/proc/net/ip_vs_stats` and `ip_vs`: the kernel's load balancer.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use super::{BadSetting, Collector, Host, Setting, Settings};
use crate::metric::{Batch, Descriptor, Failure, Unit};

/// The numbers of `ip_vs_stats`, in their order.
const TOTALS: [Descriptor; 5] = [
    Descriptor::counter("node_ipvs_connections_total", Unit::Count, &[], "Connections made."),
    Descriptor::counter("node_ipvs_incoming_packets_total", Unit::Count, &[], "Packets from clients."),
    Descriptor::counter("node_ipvs_outgoing_packets_total", Unit::Count, &[], "Packets to clients."),
    Descriptor::counter("node_ipvs_incoming_bytes_total", Unit::Bytes, &[], "Data from clients."),
    Descriptor::counter("node_ipvs_outgoing_bytes_total", Unit::Bytes, &[], "Data to clients."),
];
/// The numbers of a line of `ip_vs`, in their order.
const BACKEND: [Descriptor; 3] = [
    Descriptor::gauge("node_ipvs_backend_weight", Unit::None, LABELS, "Share of the load that the server is given."),
    Descriptor::gauge(
        "node_ipvs_backend_connections_active",
        Unit::Count,
        LABELS,
        "Connections to the server that are established.",
    ),
    Descriptor::gauge(
        "node_ipvs_backend_connections_inactive",
        Unit::Count,
        LABELS,
        "Connections to the server in any other state.",
    ),
];
const LABELS: &[&str] = &["local_address", "local_mark", "local_port", "proto", "remote_address", "remote_port"];

const BACKEND_LABELS: Setting = Setting::text(
    "ipvs.backend-labels",
    "local_address,local_port,remote_address,remote_port,proto,local_mark",
    "Labels of the servers' series, with commas; servers that differ in others only are summed up.",
);

/// The collector `ipvs`.
pub const COLLECTOR: Collector = Collector {
    name: "ipvs",
    default: true,
    metrics: &METRICS,
    settings: &[BACKEND_LABELS],
    start: |settings| {
        let labels = labels(settings)?;
        Ok(Box::new(move |host, out| read(host, out, &labels)))
    },
};

const METRICS: [Descriptor; 8] = {
    let [a, b, c, d, e] = TOTALS;
    let [f, g, h] = BACKEND;
    [a, b, c, d, e, f, g, h]
};

fn labels(settings: &Settings) -> Result<Vec<&'static str>, BadSetting> {
    let wanted: Vec<_> = settings.text(&BACKEND_LABELS).split(',').filter(|label| !label.is_empty()).collect();
    match wanted.iter().find(|label| !LABELS.contains(*label)) {
        Some(unknown) => Err(settings.bad(&BACKEND_LABELS, format!("there is no label {unknown:?}"))),
        None => Ok(LABELS.iter().copied().filter(|label| wanted.contains(label)).collect()),
    }
}

fn read(host: &mut Host, out: &mut Batch, labels: &[&'static str]) -> Result<(), Failure> {
    let text = host.proc("net/ip_vs_stats").map_err(Failure::missing_is_no_data)?;
    let totals = totals(&text).ok_or_else(|| Failure::parse(format!("net/ip_vs_stats: {text:?}")))?;
    for (descriptor, total) in TOTALS.iter().zip(totals) {
        out.push(descriptor, &[], total as f64);
    }
    let (servers, odd) = servers(&host.proc("net/ip_vs")?, labels);
    for (values, numbers) in servers {
        for (descriptor, number) in BACKEND.iter().zip(numbers) {
            // The descriptor has all labels, of which the user may want only some.
            let values = values.iter().map(String::as_str);
            out.push_foreign(&descriptor.into(), labels.iter().copied().zip(values), number as f64);
        }
    }
    odd.map_or(Ok(()), Err)
}

/// Two lines of headings, then the totals in hexadecimal.
fn totals(text: &str) -> Option<[u64; TOTALS.len()]> {
    let fields: Vec<_> = text.lines().nth(2)?.split_ascii_whitespace().collect();
    let fields: [&str; TOTALS.len()] = fields.try_into().ok()?;
    let mut totals = [0; TOTALS.len()];
    for (total, field) in totals.iter_mut().zip(fields) {
        *total = u64::from_str_radix(field, 16).ok()?;
    }
    Some(totals)
}

/// The numbers of servers by the values of their labels, and the first line that makes no sense.
type Servers = (BTreeMap<Vec<String>, [u64; BACKEND.len()]>, Option<Failure>);

fn servers(text: &str, labels: &[&str]) -> Servers {
    let mut sums = BTreeMap::new();
    let mut odd = None;
    let mut service = None;
    for line in text.lines() {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let understood = match fields.as_slice() {
            [] | ["IP" | "Prot", ..] | ["->", "RemoteAddress:Port", ..] => Some(()),
            [proto @ ("TCP" | "UDP" | "SCTP"), local, ..] => {
                service = address(local).map(|(ip, port)| [ip, String::new(), port, (*proto).to_owned()]);
                service.is_some().then_some(())
            }
            ["FWM", mark, ..] => {
                service = Some([String::new(), (*mark).to_owned(), "0".to_owned(), "FWM".to_owned()]);
                Some(())
            }
            ["->", remote, _, numbers @ ..] => server(service.as_ref(), remote, numbers).map(|(values, numbers)| {
                let values = LABELS.iter().zip(values).filter(|(label, _)| labels.contains(label));
                let sums = sums.entry(values.map(|(_, value)| value).collect()).or_insert([0; BACKEND.len()]);
                sums.iter_mut()
                    .zip(numbers)
                    .for_each(|(sum, number): (&mut u64, u64)| *sum = sum.saturating_add(number));
            }),
            _ => None,
        };
        if understood.is_none() {
            odd.get_or_insert_with(|| Failure::parse(format!("net/ip_vs: {line:?}")));
        }
    }
    (sums, odd)
}

/// The values of all labels, and the numbers, of one server of a service.
fn server(
    service: Option<&[String; 4]>,
    remote: &str,
    numbers: &[&str],
) -> Option<([String; LABELS.len()], [u64; BACKEND.len()])> {
    let [local, mark, local_port, proto] = service?.clone();
    let (ip, port) = address(remote)?;
    let [weight, active, inactive, ..] = numbers else { return None };
    let numbers = [weight.parse().ok()?, active.parse().ok()?, inactive.parse().ok()?];
    Some(([local, mark, local_port, proto, ip, port], numbers))
}

/// `C0A80016:0CEA`, `[2620:0000:…:0001]:0050`
fn address(text: &str) -> Option<(String, String)> {
    let (ip, port) = text.rsplit_once(':')?;
    let ip: IpAddr = match ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')) {
        Some(ip) => ip.parse().ok()?,
        None => Ipv4Addr::from(u32::from_str_radix(ip, 16).ok()?).into(),
    };
    Some((ip.to_canonical().to_string(), u16::from_str_radix(port, 16).ok()?.to_string()))
}
