//! From snapshots to the bytes of an answer: one merge, one encoder per format, negotiation, compression.

mod compress;
mod escaping;
mod merge;
mod negotiate;
mod openmetrics;
mod protobuf;
mod sample;
mod text;

use std::sync::Arc;

pub use compress::{Compression, compress};
pub use escaping::Escaping;
pub use merge::{Merged, merge};
pub use negotiate::{Encoding, Format};

use crate::metric::Snapshot;

/// All snapshots in one format. Returns the bytes, and how many samples were left out because their series was there
/// already.
pub fn encode(snapshots: &[Arc<Snapshot>], format: Format) -> (Vec<u8>, u64) {
    let merged = merge(snapshots);
    let mut out = Vec::with_capacity(most_bytes(&merged));
    let Format { encoding, escaping } = format;
    match encoding {
        Encoding::Text0 | Encoding::Text1 => text::encode(&merged, escaping, &mut out),
        Encoding::OpenMetrics0 | Encoding::OpenMetrics1 => openmetrics::encode(&merged, escaping, &mut out),
        Encoding::Protobuf => protobuf::encode(&merged, escaping, &mut out),
    }
    (out, merged.duplicates)
}

/// More than the text formats need. Growing a buffer of megabytes step by step costs as much as filling it; memory that
/// is reserved and never touched costs nothing.
fn most_bytes(merged: &Merged<'_>) -> usize {
    const NUMBER: usize = 28;
    const HEAD: usize = 64;
    let family = |group: &merge::Group<'_>| {
        let name = group.family.name.len();
        group.len() * (name + NUMBER) + group.family.help.len() + 4 * name + HEAD
    };
    merged.families.iter().map(family).sum::<usize>() + merged.text_len
}
