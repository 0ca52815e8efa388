//! Runs blocking jobs one after the other on one thread; a job that overstays keeps that thread, and the rest
//! moves on to a fresh one. Imports nothing of ours.
//!
//! Reading `/proc` takes microseconds, so one thread for everything is cheapest; but some calls (a `statfs` on a
//! dead NFS server, a wedged sensor) may never return and cannot be cancelled. Such a call costs one thread for as
//! long as it hangs, and never a second, because whoever submits jobs does not submit one again that is still out.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// A unit of blocking work.
pub type Job = Box<dyn FnOnce() + Send>;

/// How long a thread without work is kept, beyond the first.
const IDLE: Duration = Duration::from_secs(10);

/// Jobs in order, and the threads that run them.
#[derive(Clone)]
pub struct Lane(Arc<Shared>);

struct Shared {
    name: &'static str,
    most_threads: usize,
    patience: Duration,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
    /// When a job was last taken from the queue: if that is long ago while jobs wait, the thread is stuck.
    last_taken: Option<Instant>,
}

impl Lane {
    /// A lane that gives a job `patience` before it moves the others to another thread, up to `most_threads`.
    pub fn new(name: &'static str, patience: Duration, most_threads: usize) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Shared { name, most_threads, patience, state, work: Condvar::new() }))
    }

    /// Puts jobs at the end of the queue.
    pub fn submit(&self, jobs: impl IntoIterator<Item = Job>) {
        let mut state = self.0.lock();
        if state.queue.is_empty() {
            state.last_taken = Some(Instant::now());
        }
        state.queue.extend(jobs);
        if state.queue.is_empty() {
            return;
        }
        if state.idle > 0 {
            self.0.work.notify_one();
        } else if state.threads == 0 {
            self.start(&mut state);
        }
    }

    /// Brings in another thread where the ones there are stuck. Whoever waits for jobs calls this now and then.
    pub fn relieve(&self) {
        let mut state = self.0.lock();
        let stuck = state.last_taken.is_none_or(|taken| taken.elapsed() >= self.0.patience);
        if state.queue.is_empty() || !stuck {
            return;
        }
        if state.idle > 0 {
            self.0.work.notify_one();
        } else if state.threads < self.0.most_threads {
            self.start(&mut state);
        }
    }

    /// Threads there are now: 1 in ordinary times, one more for each job that hangs.
    pub fn threads(&self) -> usize {
        self.0.lock().threads
    }

    /// How long to wait between two calls of [`Lane::relieve`].
    pub fn patience(&self) -> Duration {
        self.0.patience
    }

    fn start(&self, state: &mut State) {
        let shared = Arc::clone(&self.0);
        let spawned = thread::Builder::new()
            .name(self.0.name.to_owned())
            // Collectors keep their buffers on the heap; the default of 8 MiB would only look alarming.
            .stack_size(512 * 1024)
            .spawn(move || shared.run());
        match spawned {
            Ok(_) => state.threads += 1,
            // Out of threads or memory: the jobs stay queued, their owners time out and say so, and the next
            // submission tries again.
            Err(error) => tracing::error!(lane = self.0.name, %error, "cannot start a thread"),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic; were it to, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                state.last_taken = Some(Instant::now());
                drop(state);
                job();
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let (woken, wait) = self.work.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            // One thread stays: starting one costs more than keeping it.
            if wait.timed_out() && state.queue.is_empty() && state.threads > 1 {
                state.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn jobs_run_in_order_on_one_thread() {
        let lane = Lane::new("test", Duration::from_secs(5), 4);
        let (send, receive) = channel();
        lane.submit((0..100).map(|i| {
            let send = send.clone();
            Box::new(move || send.send((i, thread::current().id())).unwrap()) as Job
        }));
        let done: Vec<_> = receive.iter().take(100).collect();
        assert!(done.is_sorted_by_key(|(i, _)| *i));
        assert!(done.iter().all(|(_, id)| *id == done[0].1));
        assert_eq!(lane.threads(), 1);
    }

    #[test]
    fn a_stuck_job_keeps_one_thread_and_the_rest_goes_on() {
        let lane = Lane::new("test", Duration::from_millis(5), 2);
        let (release, stuck) = channel::<()>();
        let (send, receive) = channel();
        let hang: Job = Box::new(move || _ = stuck.recv());
        let other: Job = Box::new(move || send.send(()).unwrap());
        lane.submit([hang, other]);
        while receive.try_recv().is_err() {
            thread::sleep(lane.patience());
            lane.relieve();
        }
        assert_eq!(lane.threads(), 2);
        lane.relieve();
        assert_eq!(lane.threads(), 2);
        drop(release);
    }
}
