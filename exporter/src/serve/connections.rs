//! Who is connected. When there are too many, the one that has idled longest goes, so that no number of silent peers
//! keeps a scraper out.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use tokio::{sync::Notify, task::AbortHandle};

use super::limits;
use crate::own::Own;

/// All connections that are open.
pub struct Connections {
    open: Mutex<Open>,
    closed: Notify,
    own: Own,
}

#[derive(Default)]
struct Open {
    next: u64,
    by_number: HashMap<u64, (Pulse, AbortHandle)>,
}

/// A connection's sign of life.
#[derive(Clone)]
pub struct Pulse(Arc<Beat>);

struct Beat {
    requests: AtomicUsize,
    since: Mutex<Instant>,
}

impl Pulse {
    fn new() -> Self {
        Self(Arc::new(Beat { requests: AtomicUsize::new(0), since: Mutex::new(Instant::now()) }))
    }

    /// A request is being answered for as long as what this returns lives.
    pub fn busy(&self) -> Busy {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn idle_since(&self) -> Option<Instant> {
        let idle = self.0.requests.load(Ordering::Relaxed) == 0;
        idle.then(|| *self.0.since.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// While it lives, its connection is not closed to make room.
pub struct Busy(Pulse);

impl Drop for Busy {
    fn drop(&mut self) {
        let beat = &self.0.0;
        *beat.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        beat.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// None yet.
    pub fn new(own: Own) -> Self {
        Self { open: Mutex::default(), closed: Notify::new(), own }
    }

    /// Runs a connection. Where there are too many already, the longest idle one is closed; where all are busy, the
    /// new one.
    pub fn open<F>(self: &Arc<Self>, run: impl FnOnce(Pulse) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut open = self.lock();
        if open.by_number.len() >= limits::CONNECTIONS {
            self.own.closed.with_label_values(&["connections"]).inc();
            let idle = open.by_number.iter().filter_map(|(number, (pulse, _))| Some((pulse.idle_since()?, *number)));
            let Some((_, longest)) = idle.min() else { return };
            if let Some((_, task)) = open.by_number.remove(&longest) {
                task.abort();
            }
        }
        let number = open.next;
        open.next += 1;
        let pulse = Pulse::new();
        let work = run(pulse.clone());
        let leaving = Leaving { connections: Arc::clone(self), number };
        let task = tokio::spawn(async move {
            let _leaving = leaving;
            work.await;
        });
        open.by_number.insert(number, (pulse, task.abort_handle()));
        self.own.connections.set(open.by_number.len() as i64);
    }

    /// Returns when no connection is open.
    pub async fn all_closed(&self) {
        while !self.lock().by_number.is_empty() {
            self.closed.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a connection off the list, however it ended.
struct Leaving {
    connections: Arc<Connections>,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.by_number.remove(&self.number);
        self.connections.own.connections.set(open.by_number.len() as i64);
        self.connections.closed.notify_one();
    }
}
