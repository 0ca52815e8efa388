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
    // A line is a little over a hundred bytes; growing a buffer of megabytes step by step costs as much as filling it.
    let mut out = Vec::with_capacity(snapshots.iter().map(|snapshot| snapshot.len()).sum::<usize>() * 112);
    let Format { encoding, escaping } = format;
    match encoding {
        Encoding::Text0 | Encoding::Text1 => text::encode(&merged, escaping, &mut out),
        Encoding::OpenMetrics0 | Encoding::OpenMetrics1 => openmetrics::encode(&merged, escaping, &mut out),
        Encoding::Protobuf => protobuf::encode(&merged, escaping, &mut out),
    }
    (out, merged.duplicates)
}
