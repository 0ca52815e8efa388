//! One collector: idle or running, and what its last run brought.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use super::{Limits, OVERDUE, Wait};
use crate::{
    lane,
    metric::{Batch, Failure, Reason, Snapshot},
    own::Own,
    sources::{Ask, Job},
};

/// What a run brought, or why it brought nothing.
#[derive(Debug)]
pub struct Outcome {
    /// The collector.
    pub collector: &'static str,
    /// The source's names for reporting on it.
    pub status: &'static crate::sources::Status,
    /// When the run began.
    pub started: Instant,
    /// How long it took; where it is not over, how long it has taken.
    pub duration: Duration,
    /// Its samples: all of them, or those gathered before it failed.
    pub snapshot: Arc<Snapshot>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// How a collector is, for people.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The collector.
    pub collector: &'static str,
    /// Time since its last run ended and how long that took; none before the first.
    pub last: Option<(Duration, Duration)>,
    /// Series of the last run.
    pub series: usize,
    /// Why the last run failed.
    pub failure: Option<Failure>,
    /// How long the run that is out now has been out.
    pub running: Option<Duration>,
    /// The last failure that was a fault, and how long ago.
    pub last_fault: Option<(Failure, Duration)>,
}

/// A collector and its state.
pub struct Cell {
    pub job: Job,
    limits: Limits,
    own: Own,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    last: Option<Arc<Outcome>>,
    last_fault: Option<(Failure, Instant)>,
    /// What the log was told last: it hears of changes only.
    logged: Option<Reason>,
}

enum Phase {
    Idle(Ask),
    Running { since: Instant, waiters: Vec<Weak<Wait>> },
}

/// What a scrape finds when it comes to a collector.
pub enum Entry {
    /// An outcome that is fresh enough, or a failure known at once.
    Ready(Arc<Outcome>),
    /// A run is out; the scrape waits with the others.
    Joined,
    /// A run to put on the lane.
    Start(lane::Job),
}

impl Cell {
    pub fn new(job: Job, limits: Limits, own: Own) -> Self {
        let phase = Phase::Idle((job.start)());
        Self { job, limits, own, state: Mutex::new(State { phase, last: None, last_fault: None, logged: None }) }
    }

    /// A scrape that began at `now` comes for this collector's samples.
    pub fn enter(self: &Arc<Self>, now: Instant, deadline: Instant, wait: &Arc<Wait>) -> Entry {
        let mut state = self.lock();
        if let Some(last) = &state.last
            && now.duration_since(last.started) < self.limits.freshness
        {
            return Entry::Ready(Arc::clone(last));
        }
        if let Phase::Running { since, waiters } = &mut state.phase {
            let out = now.duration_since(*since);
            if out < OVERDUE {
                wait.add();
                waiters.push(Arc::downgrade(wait));
                return Entry::Joined;
            }
            let detail = format!("a run that began {:.0} s ago has not come back", out.as_secs_f64());
            return Entry::Ready(self.fail(&mut state, now, out, Failure::new(Reason::Stuck, detail)));
        }
        wait.add();
        let running = Phase::Running { since: now, waiters: vec![Arc::downgrade(wait)] };
        let Phase::Idle(ask) = mem::replace(&mut state.phase, running) else { return Entry::Joined };
        let cell = Arc::clone(self);
        Entry::Start(Box::new(move || cell.run(ask, deadline)))
    }

    /// The outcome that a scrape begun at `begun` waited for; a timeout, where there is none.
    pub fn take(&self, begun: Instant) -> Arc<Outcome> {
        let mut state = self.lock();
        match (&state.phase, &state.last) {
            (Phase::Idle(_), Some(last)) => Arc::clone(last),
            _ => {
                let failure = Failure::new(Reason::Timeout, "no answer before the deadline");
                self.fail(&mut state, begun, begun.elapsed(), failure)
            }
        }
    }

    pub fn condition(&self) -> Condition {
        let state = self.lock();
        let last = state.last.as_ref();
        Condition {
            collector: self.job.collector,
            last: last.map(|last| (last.started.elapsed().saturating_sub(last.duration), last.duration)),
            series: last.map_or(0, |last| last.snapshot.len()),
            failure: last.and_then(|last| last.failure.clone()),
            running: match &state.phase {
                Phase::Running { since, .. } => Some(since.elapsed()),
                Phase::Idle(_) => None,
            },
            last_fault: state.last_fault.as_ref().map(|(failure, at)| (failure.clone(), at.elapsed())),
        }
    }

    /// On the lane.
    fn run(&self, ask: Ask, deadline: Instant) {
        let Some((mut ask, last)) = self.unless_abandoned(ask) else { return };
        let started = Instant::now();
        let mut batch = match last {
            Some(last) => Batch::like(self.limits.series, &last.snapshot),
            None => Batch::new(self.limits.series),
        };
        let result = catch_unwind(AssertUnwindSafe(|| ask(deadline, &mut batch)));
        let failure = match result {
            Ok(result) => result.err(),
            Err(panic) => {
                self.own.panics.inc();
                // Its state may be half changed, so it starts anew.
                ask = (self.job.start)();
                Some(Failure::new(Reason::Panic, panic_text(&*panic)))
            }
        };
        let (snapshot, dropped) = batch.seal();
        for (reason, count) in [("budget", dropped.over_budget), ("duplicate", dropped.duplicate)] {
            if count > 0 {
                self.own.dropped.with_label_values(&[self.job.collector, reason]).inc_by(count);
            }
        }
        let outcome = self.outcome(started, started.elapsed(), snapshot, failure);
        self.finish(ask, outcome);
    }

    fn finish(&self, ask: Ask, outcome: Outcome) {
        let mut state = self.lock();
        self.note(&mut state, outcome.failure.as_ref());
        state.last = Some(Arc::new(outcome));
        if let Phase::Running { waiters, .. } = mem::replace(&mut state.phase, Phase::Idle(ask)) {
            drop(state);
            waiters.iter().filter_map(Weak::upgrade).for_each(|wait| wait.done());
        }
    }

    /// Takes the asking part back where every scrape that wanted it has gone: there is nobody to answer. Looking and
    /// taking back are one step, so that nobody can join in between. Where it stays, the last outcome comes with it.
    fn unless_abandoned(&self, ask: Ask) -> Option<(Ask, Option<Arc<Outcome>>)> {
        let mut state = self.lock();
        match &state.phase {
            Phase::Running { waiters, .. } if waiters.iter().any(|waiter| waiter.strong_count() > 0) => {
                Some((ask, state.last.clone()))
            }
            _ => {
                state.phase = Phase::Idle(ask);
                None
            }
        }
    }

    /// An outcome for a scrape that goes without this collector. The run that is out may still bring one.
    fn fail(&self, state: &mut State, started: Instant, duration: Duration, failure: Failure) -> Arc<Outcome> {
        self.note(state, Some(&failure));
        Arc::new(self.outcome(started, duration, Snapshot::default(), Some(failure)))
    }

    fn outcome(&self, started: Instant, duration: Duration, snapshot: Snapshot, failure: Option<Failure>) -> Outcome {
        let (collector, status) = (self.job.collector, self.job.status);
        Outcome { collector, status, started, duration, snapshot: Arc::new(snapshot), failure }
    }

    /// Remembers a fault and tells the log, if this is news.
    fn note(&self, state: &mut State, failure: Option<&Failure>) {
        let fault = failure.filter(|failure| failure.reason != Reason::NoData);
        let reason = fault.map(|fault| fault.reason);
        let collector = self.job.collector;
        match fault {
            Some(fault) => {
                if state.logged != reason {
                    tracing::warn!(collector, reason = fault.reason.word(), detail = %fault.detail, "collector failed");
                }
                state.last_fault = Some((fault.clone(), Instant::now()));
            }
            None if state.logged.is_some() => tracing::info!(collector, "collector works again"),
            None => {}
        }
        state.logged = reason;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic; were it to, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}
