//! `/proc/net/softnet_stat`: packets on their way from the network cards into the kernel, by processor.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const PROCESSED: Descriptor =
    Descriptor::counter("node_softnet_processed_total", Unit::Count, &["cpu"], "Packets received by this processor.");
const DROPPED: Descriptor = Descriptor::counter(
    "node_softnet_dropped_total",
    Unit::Count,
    &["cpu"],
    "Received packets dropped because this processor's backlog was full.",
);
const SQUEEZED: Descriptor = Descriptor::counter(
    "node_softnet_times_squeezed_total",
    Unit::Count,
    &["cpu"],
    "Times that receiving stopped with packets left, its budget of packets or time being used up.",
);
const COLLISION: Descriptor = Descriptor::counter(
    "node_softnet_cpu_collision_total",
    Unit::Count,
    &["cpu"],
    "Times that sending found the device locked by another processor.",
);
const RPS: Descriptor = Descriptor::counter(
    "node_softnet_received_rps_total",
    Unit::Count,
    &["cpu"],
    "Times that another processor woke this one to receive packets (receive packet steering).",
);
const FLOW_LIMIT: Descriptor = Descriptor::counter(
    "node_softnet_flow_limit_count_total",
    Unit::Count,
    &["cpu"],
    "Packets dropped because one flow had too many in the backlog.",
);
const BACKLOG: Descriptor =
    Descriptor::gauge("node_softnet_backlog_len", Unit::Count, &["cpu"], "Packets waiting in the backlog.");

/// The collector `softnet`.
pub const COLLECTOR: Collector = Collector {
    name: "softnet",
    default: true,
    metrics: &[PROCESSED, DROPPED, SQUEEZED, COLLISION, RPS, FLOW_LIMIT, BACKLOG],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("net/softnet_stat")?;
    let mut result = Ok(());
    for (line, row) in text.lines().enumerate() {
        let Some(columns) = parse(row) else {
            result = result.and(Err(Failure::parse(format!("net/softnet_stat: {row:?}"))));
            continue;
        };
        // Older kernels leave columns out, the number of the processor among them.
        let column = |index: usize| columns.get(index).copied().unwrap_or_default();
        let cpu = if columns.len() >= 13 { column(12).to_string() } else { line.to_string() };
        let backlog = if columns.len() >= 13 { column(11) } else { 0 };
        for (descriptor, value) in [
            (&PROCESSED, column(0)),
            (&DROPPED, column(1)),
            (&SQUEEZED, column(2)),
            (&COLLISION, column(8)),
            (&RPS, column(9)),
            (&FLOW_LIMIT, column(10)),
            (&BACKLOG, backlog),
        ] {
            out.push(descriptor, &[&cpu], f64::from(value));
        }
    }
    if out.is_empty() {
        result = result.and(Err(Failure::parse("net/softnet_stat: no line that is known")));
    }
    result
}

fn parse(row: &str) -> Option<Vec<u32>> {
    let columns: Option<Vec<u32>> =
        row.split_whitespace().take(13).map(|column| u32::from_str_radix(column, 16).ok()).collect();
    columns.filter(|columns| columns.len() >= 9)
}
