//! What is measured, before it is bytes: descriptors, batches, snapshots. Imports nothing of ours.

mod batch;
mod descriptor;
mod failure;
mod label;
mod number;
mod parse;
mod series;
mod snapshot;

pub use batch::{Batch, Dropped, Foreign};
pub use descriptor::{Descriptor, Kind, Unit};
pub use failure::{Failure, Reason};
pub use label::{is_legacy_label, is_legacy_name, write_label_name, write_label_value};
pub use number::write_number;
pub use parse::{Mistake, Parsed, ParsedFamily, ParsedSample, parse};
pub use series::{Series, unescape};
pub use snapshot::{Family, Sample, Snapshot};
