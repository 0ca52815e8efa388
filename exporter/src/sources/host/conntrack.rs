//! Connection tracking: how full its table is, and what went wrong with it.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const fn gauge(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Count, &[], help)
}

const ENTRIES: Descriptor = gauge("node_nf_conntrack_entries", "Connections that are tracked.");
const LIMIT: Descriptor = gauge("node_nf_conntrack_entries_limit", "Connections that there is room for.");
const FOUND: Descriptor = gauge("node_nf_conntrack_stat_found", "Packets whose connection was found.");
const INVALID: Descriptor = gauge("node_nf_conntrack_stat_invalid", "Packets that cannot be tracked.");
const IGNORE: Descriptor = gauge("node_nf_conntrack_stat_ignore", "Packets that were not to be tracked again.");
const INSERT: Descriptor = gauge("node_nf_conntrack_stat_insert", "Connections put into the table.");
const INSERT_FAILED: Descriptor =
    gauge("node_nf_conntrack_stat_insert_failed", "Connections that could not be put into the table.");
const DROP: Descriptor = gauge("node_nf_conntrack_stat_drop", "Packets dropped because tracking failed.");
const EARLY_DROP: Descriptor =
    gauge("node_nf_conntrack_stat_early_drop", "Connections thrown out to make room in a full table.");
const SEARCH_RESTART: Descriptor =
    gauge("node_nf_conntrack_stat_search_restart", "Searches begun anew because the table was resized.");

/// The columns of `/proc/net/stat/nf_conntrack`; the last one is missing from kernels before 2.6.35.
const COLUMNS: [Option<&Descriptor>; 17] = [
    None,
    None,
    Some(&FOUND),
    None,
    Some(&INVALID),
    Some(&IGNORE),
    None,
    None,
    Some(&INSERT),
    Some(&INSERT_FAILED),
    Some(&DROP),
    Some(&EARLY_DROP),
    None,
    None,
    None,
    None,
    Some(&SEARCH_RESTART),
];

/// The collector `conntrack`.
pub const COLLECTOR: Collector = Collector {
    name: "conntrack",
    default: true,
    metrics: &[ENTRIES, LIMIT, FOUND, INVALID, IGNORE, INSERT, INSERT_FAILED, DROP, EARLY_DROP, SEARCH_RESTART],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    for (descriptor, file) in
        [(&ENTRIES, "sys/net/netfilter/nf_conntrack_count"), (&LIMIT, "sys/net/netfilter/nf_conntrack_max")]
    {
        // Without the module there are no such files.
        let text = host.proc(file).map_err(Failure::missing_is_no_data)?;
        let count = text.trim().parse::<u64>().map_err(|_| Failure::parse(format!("{file}: {text:?}")))?;
        out.push(descriptor, &[], count as f64);
    }
    let text = host.proc("net/stat/nf_conntrack").map_err(Failure::missing_is_no_data)?;
    for (descriptor, count) in COLUMNS.iter().zip(sum(&text)?) {
        if let Some(descriptor) = descriptor {
            out.push(descriptor, &[], count as f64);
        }
    }
    Ok(())
}

/// A header, then a line for each processor, in hexadecimal. Sums the columns: a processor less would be a lie.
fn sum(text: &str) -> Result<[u64; COLUMNS.len()], Failure> {
    let mut sums = [0_u64; COLUMNS.len()];
    for line in text.lines().skip(1) {
        let counts = line.split_ascii_whitespace().map(|field| u64::from_str_radix(field, 16));
        let counts: Result<Vec<_>, _> = counts.collect();
        match counts {
            Ok(counts) if matches!(counts.len(), 16 | 17) => {
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.wrapping_add(count));
            }
            _ => return Err(Failure::parse(format!("net/stat/nf_conntrack: {line:?}"))),
        }
    }
    Ok(sums)
}
