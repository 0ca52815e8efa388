//! The kinds of thing we can ask. Each is a folder that sees neither the others nor the engine.

pub mod host;

use std::time::Instant;

use crate::metric::{Batch, Descriptor, Failure};

/// One question to one target, ready to be asked again and again.
pub struct Job {
    /// The families that report on the collectors of this source.
    pub status: &'static Status,
    /// Value of the `collector` label.
    pub collector: &'static str,
    /// Makes the asking part; called again when a run panicked, so that it starts from a clean state.
    pub start: Box<dyn Fn() -> Ask + Send + Sync>,
}

/// Asks, and puts the answer into the batch. Blocking; may be stopped at the deadline only by its own will.
pub type Ask = Box<dyn FnMut(Instant, &mut Batch) -> Result<(), Failure> + Send>;

/// The families by which a source reports on its collectors; the names differ because the peers' do. In this order:
/// whether the last run brought all it should (by `collector`), how long it took (by `collector`), and what fails now
/// (1, by `collector` and `reason`; absent while nothing does).
#[derive(Debug)]
pub struct Status(pub [Descriptor; 3]);

impl Status {
    /// Whether the collector's last run brought all it should.
    pub fn success(&'static self) -> &'static Descriptor {
        let [success, _, _] = &self.0;
        success
    }

    /// How long it took.
    pub fn duration(&'static self) -> &'static Descriptor {
        let [_, duration, _] = &self.0;
        duration
    }

    /// Present while it fails.
    pub fn failure(&'static self) -> &'static Descriptor {
        let [_, _, failure] = &self.0;
        failure
    }

    /// All of them.
    pub fn metrics(&'static self) -> &'static [Descriptor] {
        &self.0
    }
}

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
