//! `/proc/net/udp` and `udp6`: data that waits in UDP sockets.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const QUEUES: Descriptor =
    Descriptor::gauge("node_udp_queues", Unit::Bytes, &["ip", "queue"], "Memory that waiting datagrams hold.");

/// The collector `udp_queues`.
pub const COLLECTOR: Collector =
    Collector { name: "udp_queues", default: true, metrics: &[QUEUES], settings: &[], start: |_| Ok(Box::new(read)) };

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut odd = None;
    for (ip, file) in [("v4", "net/udp"), ("v6", "net/udp6")] {
        let text = match host.proc(file) {
            Err(failure) if failure.reason == Reason::Missing => continue,
            text => text?,
        };
        let (mut send, mut receive) = (0, 0);
        for line in text.lines().skip(1) {
            match queues(line) {
                Some((tx, rx)) => {
                    send += u128::from(tx);
                    receive += u128::from(rx);
                }
                None => _ = odd.get_or_insert_with(|| Failure::parse(format!("{file}: {line:?}"))),
            }
        }
        out.push(&QUEUES, &[ip, "tx"], send as f64);
        out.push(&QUEUES, &[ip, "rx"], receive as f64);
    }
    match odd {
        Some(failure) => Err(failure),
        None if out.is_empty() => Err(Failure::no_data("neither net/udp nor net/udp6")),
        None => Ok(()),
    }
}

/// The fifth column: `tx:rx`, in hexadecimal.
fn queues(line: &str) -> Option<(u64, u64)> {
    let (tx, rx) = line.split_ascii_whitespace().nth(4)?.split_once(':')?;
    u64::from_str_radix(tx, 16).ok().zip(u64::from_str_radix(rx, 16).ok())
}
