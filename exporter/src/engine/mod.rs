//! Asks every collector under one deadline, and never waits for one that does not come back.
//!
//! Each collector runs at most once at a time. A scrape takes what is fresh enough, joins what is running, and starts
//! the rest; so any number of scrapes at once cost one run. A collector that fails, panics or hangs costs its own
//! families and nothing else.

mod cell;
mod scrape;
mod wait;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cell::{Cell, Entry};
pub use cell::{Condition, Outcome};
pub use scrape::Scrape;
use wait::Wait;

use crate::{lane::Lane, own::Own, sources::Job};

/// What the engine holds itself to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time for a scrape, whatever the scraper allows.
    pub longest: Duration,
    /// Data this young is good enough for another scrape.
    pub freshness: Duration,
    /// Series that one collector may export.
    pub series: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Prometheus gives up after 10 s by default.
        Self { longest: Duration::from_millis(9500), freshness: Duration::from_millis(100), series: 10_000 }
    }
}

/// A run that has been out this long before a scrape begins is not waited for again.
const OVERDUE: Duration = Duration::from_secs(1);
/// A job that blocks the others for this long keeps its thread, and they get another.
const PATIENCE: Duration = Duration::from_millis(25);
/// Threads for collectors, at most: all but one of them hang.
const MOST_THREADS: usize = 16;

/// All collectors, and the lane they run on.
pub struct Engine {
    cells: Vec<Arc<Cell>>,
    lane: Lane,
    limits: Limits,
    own: Own,
    latest: Mutex<Option<Arc<Scrape>>>,
}

/// Which collectors a scrape asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Only these.
    Only(Vec<String>),
    /// All but these.
    Without(Vec<String>),
}

impl Selection {
    fn takes(&self, collector: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|name| name == collector),
            Self::Without(names) => names.iter().all(|name| name != collector),
        }
    }
}

impl Engine {
    /// An engine for these jobs.
    pub fn new(jobs: Vec<Job>, limits: Limits, own: Own) -> Self {
        let cells = jobs.into_iter().map(|job| Arc::new(Cell::new(job, limits, own.clone()))).collect();
        Self { cells, lane: Lane::new("collect", PATIENCE, MOST_THREADS), limits, own, latest: Mutex::new(None) }
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// How each collector is, for people.
    pub fn conditions(&self) -> Vec<Condition> {
        self.cells.iter().map(|cell| cell.condition()).collect()
    }

    /// The first of these names that is no collector turned on here.
    pub fn unknown<'a>(&self, names: &'a [String]) -> Option<&'a str> {
        names.iter().map(String::as_str).find(|name| self.cells.iter().all(|cell| cell.job.collector != *name))
    }

    /// Asks the selected collectors and returns when all have answered, or at the deadline. Dropping the future
    /// takes back what nobody else waits for.
    pub async fn scrape(&self, selection: &Selection, deadline: Instant) -> Arc<Scrape> {
        let begun = Instant::now();
        let deadline = deadline.min(begun + self.limits.longest);
        if let Some(latest) = self.latest(selection, begun) {
            self.own.scrapes.with_label_values(&["shared"]).inc();
            return latest;
        }
        let wait = Arc::new(Wait::new());
        let mut jobs = Vec::new();
        let mut parts = Vec::with_capacity(self.cells.len());
        for cell in self.cells.iter().filter(|cell| selection.takes(cell.job.collector)) {
            let entry = cell.enter(begun, deadline, &wait);
            parts.push((
                cell,
                match entry {
                    Entry::Ready(outcome) => Some(outcome),
                    Entry::Joined => None,
                    Entry::Start(job) => {
                        jobs.push(job);
                        None
                    }
                },
            ));
        }
        let from = if jobs.is_empty() { "shared" } else { "own" };
        self.own.scrapes.with_label_values(&[from]).inc();
        self.lane.submit(jobs);
        self.wait(&wait, deadline).await;
        let outcomes = parts.into_iter().map(|(cell, ready)| ready.unwrap_or_else(|| cell.take(begun)));
        self.keep(selection, begun, outcomes.collect())
    }

    async fn wait(&self, wait: &Wait, deadline: Instant) {
        loop {
            let tick = (Instant::now() + self.lane.patience()).min(deadline);
            match tokio::time::timeout_at(tick.into(), wait.over()).await {
                Ok(()) => return,
                Err(_) if Instant::now() >= deadline => return,
                Err(_) => self.lane.relieve(),
            }
        }
    }

    fn latest(&self, selection: &Selection, now: Instant) -> Option<Arc<Scrape>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |scrape: &&Arc<Scrape>| {
            scrape.selection == *selection && now.duration_since(scrape.begun) < self.limits.freshness
        };
        latest.as_ref().filter(fresh).cloned()
    }

    /// Scrapes that waited for the same outcomes share one answer, and so its encoded bytes.
    fn keep(&self, selection: &Selection, begun: Instant, outcomes: Vec<Arc<Outcome>>) -> Arc<Scrape> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = latest.as_ref().filter(|scrape| scrape.is_of(&outcomes)) {
            return Arc::clone(same);
        }
        let scrape = Arc::new(Scrape::new(selection.clone(), begun, outcomes, &self.own));
        *latest = Some(Arc::clone(&scrape));
        scrape
    }
}
