//! `/proc/net/sockstat` and `sockstat6`: sockets by protocol.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const fn sockets(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Count, &[], help)
}

const METRICS: [Descriptor; 22] = [
    sockets("node_sockstat_FRAG6_inuse", "IPv6 packets that wait for missing fragments."),
    FRAG6_MEMORY,
    sockets("node_sockstat_FRAG_inuse", "IPv4 packets that wait for missing fragments."),
    FRAG_MEMORY,
    sockets("node_sockstat_RAW6_inuse", "Raw IPv6 sockets in use."),
    sockets("node_sockstat_RAW_inuse", "Raw IPv4 sockets in use."),
    sockets("node_sockstat_TCP6_inuse", "TCP sockets in use over IPv6."),
    sockets("node_sockstat_TCP_alloc", "TCP sockets there are, in any state."),
    sockets("node_sockstat_TCP_inuse", "TCP sockets in use over IPv4."),
    sockets("node_sockstat_TCP_mem", "Pages of memory that TCP buffers hold."),
    bytes("node_sockstat_TCP_mem_bytes", "Memory that TCP buffers hold."),
    sockets("node_sockstat_TCP_orphan", "TCP sockets that no process holds any more."),
    sockets("node_sockstat_TCP_tw", "TCP sockets in the state TIME_WAIT."),
    sockets("node_sockstat_UDP6_inuse", "UDP sockets in use over IPv6."),
    sockets("node_sockstat_UDPLITE6_inuse", "UDP-Lite sockets in use over IPv6."),
    sockets("node_sockstat_UDPLITE_inuse", "UDP-Lite sockets in use over IPv4."),
    sockets("node_sockstat_UDP_inuse", "UDP sockets in use over IPv4."),
    sockets("node_sockstat_UDP_mem", "Pages of memory that UDP buffers hold."),
    bytes("node_sockstat_UDP_mem_bytes", "Memory that UDP buffers hold."),
    USED,
    OTHER_BYTES,
    OTHER,
];
const fn bytes(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Bytes, &[], help)
}
const FRAG6_MEMORY: Descriptor = bytes("node_sockstat_FRAG6_memory", "Memory that waiting IPv6 fragments hold.");
const FRAG_MEMORY: Descriptor = bytes("node_sockstat_FRAG_memory", "Memory that waiting IPv4 fragments hold.");
const USED: Descriptor = sockets("node_sockstat_sockets_used", "Sockets of all kinds in use.");
const OTHER_BYTES: Descriptor = bytes("node_sockstat_*_mem_bytes", "Memory that the buffers of the protocol hold.");
const OTHER: Descriptor = sockets("node_sockstat_*", "The number of the kernel that the name quotes.");

/// The collector `sockstat`.
pub const COLLECTOR: Collector =
    Collector { name: "sockstat", default: true, metrics: &METRICS, settings: &[], start: |_| Ok(Box::new(read)) };

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let page = rustix::param::page_size() as f64;
    let mut odd = None;
    for file in ["net/sockstat", "net/sockstat6"] {
        let text = match host.proc(file) {
            // A kernel without this protocol.
            Err(failure) if failure.reason == Reason::Missing => continue,
            text => text?,
        };
        for line in text.lines() {
            if push(line, page, out).is_none() {
                odd.get_or_insert_with(|| Failure::parse(format!("{file}: {line:?}")));
            }
        }
    }
    odd.map_or(Ok(()), Err)
}

/// `TCP: inuse 5 orphan 0 tw 8 alloc 9 mem 1`
fn push(line: &str, page: f64, out: &mut Batch) -> Option<()> {
    let (protocol, rest) = line.split_once(": ")?;
    let mut fields = rest.split_ascii_whitespace();
    let mut counts = Vec::new();
    while let Some(key) = fields.next() {
        counts.push((key, fields.next()?.parse::<i64>().ok()? as f64));
    }
    let find = |key| counts.iter().find(|(name, _)| *name == key).map(|(_, count)| *count);
    if protocol == "sockets" {
        find("used").into_iter().for_each(|count| out.push(&USED, &[], count));
        return Some(());
    }
    // Every protocol has sockets in use, also one that does not say so.
    family(out, protocol, "inuse", find("inuse").unwrap_or_default());
    for key in ["orphan", "tw", "alloc", "mem", "memory"] {
        find(key).into_iter().for_each(|count| family(out, protocol, key, count));
    }
    find("mem").into_iter().for_each(|pages| family(out, protocol, "mem_bytes", pages * page));
    Some(())
}

fn family(out: &mut Batch, protocol: &str, key: &str, value: f64) {
    let known = METRICS.iter().find(|descriptor| {
        let name = descriptor.name.strip_prefix("node_sockstat_").and_then(|name| name.strip_prefix(protocol));
        name.and_then(|name| name.strip_prefix('_')) == Some(key)
    });
    match known {
        Some(descriptor) => out.push(descriptor, &[], value),
        None => {
            let other = if key == "mem_bytes" { &OTHER_BYTES } else { &OTHER };
            out.push_named(other, &format!("node_sockstat_{protocol}_{key}"), other.help, &[], value);
        }
    }
}
