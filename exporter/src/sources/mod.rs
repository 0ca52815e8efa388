//! The kinds of thing we can ask. Each is a folder that sees neither the others nor the engine.

pub mod host;

use std::time::Instant;

use crate::metric::{Batch, Descriptor, Failure};

/// One question to one target, ready to be asked again and again.
pub struct Job {
    /// First word of the families that report on the collectors of this source: `node` for the host.
    pub namespace: &'static str,
    /// Value of the `collector` label.
    pub collector: &'static str,
    /// Makes the asking part; called again when a run panicked, so that it starts from a clean state.
    pub start: Box<dyn Fn() -> Ask + Send + Sync>,
}

/// Asks, and puts the answer into the batch. Blocking; may be stopped at the deadline only by its own will.
pub type Ask = Box<dyn FnMut(Instant, &mut Batch) -> Result<(), Failure> + Send>;

/// What a source's collectors can export, for the catalog.
pub struct Declared {
    /// Name of the source.
    pub source: &'static str,
    /// Name of the collector.
    pub collector: &'static str,
    /// Whether it runs when nothing is configured.
    pub default: bool,
    /// Its families.
    pub metrics: &'static [Descriptor],
}

/// Every collector of every source.
pub fn declared() -> impl Iterator<Item = Declared> {
    host::declared()
}
