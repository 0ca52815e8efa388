//! From snapshots to the bytes of an answer: one merge, one encoder per format, negotiation, compression.

mod merge;
mod text;

pub use merge::{Merged, merge};
pub use text::encode as encode_text;
