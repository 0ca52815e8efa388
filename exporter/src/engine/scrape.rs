//! What a scrape is answered with.

use std::{sync::Arc, time::Instant};

use super::{Outcome, Selection};
use crate::{
    metric::{Batch, Snapshot},
    own::Own,
};

/// Everything one run of the collectors brought; shared by all who asked meanwhile.
#[derive(Debug)]
pub struct Scrape {
    /// What was asked for.
    pub selection: Selection,
    /// When.
    pub begun: Instant,
    outcomes: Vec<Arc<Outcome>>,
    report: Arc<Snapshot>,
}

impl Scrape {
    /// Adds to the outcomes the report on them, and on the exporter itself.
    pub(super) fn new(selection: Selection, begun: Instant, outcomes: Vec<Arc<Outcome>>, own: &Own) -> Self {
        // One to four samples for each collector and a few of our own: the budget is only there to be one.
        let mut batch = Batch::new(100_000);
        for outcome in &outcomes {
            let (status, collector) = (outcome.status, outcome.collector);
            batch.push(status.duration(), &[collector], outcome.duration.as_secs_f64());
            batch.push(status.success(), &[collector], if outcome.failure.is_none() { 1.0 } else { 0.0 });
            if let Some(failure) = &outcome.failure {
                batch.push(status.failure(), &[collector, failure.reason.word()], 1.0);
            }
        }
        own.report(&mut batch);
        Self { selection, begun, outcomes, report: Arc::new(batch.seal().0) }
    }

    /// Whether this is the answer that these outcomes make. No outcomes say nothing about when they were taken.
    pub(super) fn is_of(&self, outcomes: &[Arc<Outcome>]) -> bool {
        !outcomes.is_empty()
            && self.outcomes.len() == outcomes.len()
            && self.outcomes.iter().zip(outcomes).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    /// What to expose.
    pub fn snapshots(&self) -> Vec<Arc<Snapshot>> {
        let samples = self.outcomes.iter().map(|outcome| Arc::clone(&outcome.snapshot));
        samples.chain([Arc::clone(&self.report)]).collect()
    }
}
