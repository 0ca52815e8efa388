//! Series as short descriptions of their samples.

use super::labels::Labels;

/// A series that is fed in.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) metric: String,
    pub(crate) labels: Labels,
    pub(crate) runs: Vec<Run>,
}

/// Some samples in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Run {
    /// `count` samples from `start`, each `step` more than the one before.
    Line { start: f64, step: f64, count: usize },
    /// The exporter says that the series ended.
    Stale,
    /// Nothing for this many steps.
    Missing(usize),
}

impl Run {
    pub(super) fn line(start: f64, step: f64, count: usize) -> Self {
        Self::Line { start, step, count }
    }
}

/// Counters grow; this one is written down growth by growth.
pub(super) struct Counter {
    value: f64,
    runs: Vec<Run>,
}

impl Counter {
    /// Far above zero, so that nobody takes its start for a beginning at zero.
    pub(super) fn new() -> Self {
        Self { value: 1e9, runs: Vec::new() }
    }

    /// `count` samples, each `growth` more than the one before them.
    pub(super) fn grow(mut self, growth: f64, count: usize) -> Self {
        if count > 0 {
            self.runs.push(Run::line(self.value + growth, growth, count));
            self.value += growth * count as f64;
        }
        self
    }

    pub(super) fn runs(self) -> Vec<Run> {
        self.runs
    }
}
