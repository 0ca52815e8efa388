//! Asking mounted file systems how full they are, in spite of those that never answer.
//!
//! A `statfs` on a dead server cannot be cancelled. All calls run on a lane of their own; one that hangs keeps its
//! thread until it returns, and until then that mount is not asked again.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use once_cell::sync::Lazy;
use rustix::io::Errno;

use crate::lane::{Job, Lane};

/// What a file system says about itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    pub size: f64,
    pub free: f64,
    pub available: f64,
    pub files: f64,
    pub files_free: f64,
}

/// The answer of a mount; none where it did not come in time.
pub type Answer = Option<io::Result<Usage>>;

/// How long a call may take before the others move on to another thread. A healthy one takes microseconds.
const PATIENCE: Duration = Duration::from_millis(20);
/// Mounts that may hang at once before the healthy ones cannot be asked any more.
const MOST_THREADS: usize = 128;

/// One for the process: hung calls outlive a reload of the configuration, and must not be made a second time by the
/// collector that comes after it.
pub static CALLS: Lazy<Calls> = Lazy::new(|| Calls::new(statfs));

fn statfs(path: &Path) -> io::Result<Usage> {
    let stat = rustix::fs::statfs(path)?;
    let block = stat.f_bsize as f64;
    Ok(Usage {
        size: stat.f_blocks as f64 * block,
        free: stat.f_bfree as f64 * block,
        available: stat.f_bavail as f64 * block,
        files: stat.f_files as f64,
        files_free: stat.f_ffree as f64,
    })
}

/// The words that existing alerts match. C libraries disagree on them, so the likely ones stand here.
pub fn spell(error: &io::Error) -> String {
    let words = match Errno::from_io_error(error) {
        Some(Errno::PERM) => "operation not permitted",
        Some(Errno::NOENT) => "no such file or directory",
        Some(Errno::IO) => "input/output error",
        Some(Errno::NXIO) => "no such device or address",
        Some(Errno::ACCESS) => "permission denied",
        Some(Errno::NODEV) => "no such device",
        Some(Errno::NOTDIR) => "not a directory",
        Some(Errno::NOTCONN) => "transport endpoint is not connected",
        Some(Errno::CONNABORTED) => "software caused connection abort",
        Some(Errno::TIMEDOUT) => "connection timed out",
        Some(Errno::HOSTDOWN) => "host is down",
        Some(Errno::HOSTUNREACH) => "no route to host",
        Some(Errno::STALE) => "stale NFS file handle",
        Some(other) => return format!("errno {}", other.raw_os_error()),
        None => return error.to_string(),
    };
    words.to_owned()
}

/// The system call; an argument, so that a test can hang it.
type Call = dyn Fn(&Path) -> io::Result<Usage> + Send + Sync;

/// The calls that are out, and the threads they are out on.
pub struct Calls {
    call: Arc<Call>,
    lane: Lane,
    out: Arc<Mutex<HashSet<PathBuf>>>,
    /// Held while asking: a call that another scrape has just made is out too, but does not hang.
    turn: Mutex<()>,
}

impl Calls {
    fn new(call: impl Fn(&Path) -> io::Result<Usage> + Send + Sync + 'static) -> Self {
        let lane = Lane::new("statfs", PATIENCE, MOST_THREADS);
        Self { call: Arc::new(call), lane, out: Arc::default(), turn: Mutex::default() }
    }

    /// Asks each of these mounts, each named once. The answers are in the same order.
    pub fn ask(&self, paths: Vec<PathBuf>, wait: Duration) -> Vec<Answer> {
        let _turn = lock(&self.turn);
        let end = Instant::now() + wait;
        let round = Arc::new(Round::new(paths.len()));
        let jobs: Vec<Job> = {
            let mut out = lock(&self.out);
            let free = paths.into_iter().enumerate().filter(|(_, path)| out.insert(path.clone()));
            free.map(|(index, path)| self.job(&round, index, path)).collect()
        };
        lock(&round.state).pending = jobs.len();
        self.lane.submit(jobs);
        let mut state = lock(&round.state);
        while state.pending > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let slice = left.min(self.lane.patience());
            state = round.done.wait_timeout(state, slice).unwrap_or_else(PoisonError::into_inner).0;
            if state.pending > 0 {
                self.lane.relieve();
            }
        }
        state.over = true;
        std::mem::take(&mut state.answers)
    }

    fn job(&self, round: &Arc<Round>, index: usize, path: PathBuf) -> Job {
        let (call, out, round) = (Arc::clone(&self.call), Arc::clone(&self.out), Arc::clone(round));
        Box::new(move || {
            // A call that nobody waits for any more could only hang.
            let over = lock(&round.state).over;
            let answer = (!over).then(|| call(&path));
            lock(&out).remove(&path);
            round.finish(index, answer);
        })
    }
}

/// The calls of one scrape.
struct Round {
    state: Mutex<State>,
    done: Condvar,
}

struct State {
    answers: Vec<Answer>,
    pending: usize,
    over: bool,
}

impl Round {
    fn new(mounts: usize) -> Self {
        let answers = std::iter::repeat_with(|| None).take(mounts).collect();
        Self { state: Mutex::new(State { answers, pending: 0, over: false }), done: Condvar::new() }
    }

    fn finish(&self, index: usize, answer: Answer) {
        let mut state = lock(&self.state);
        if let Some(slot) = state.answers.get_mut(index) {
            *slot = answer;
        }
        state.pending = state.pending.saturating_sub(1);
        let last = state.pending == 0;
        drop(state);
        // One wake for all mounts: the threads change twice in a scrape, not twice for each mount.
        if last {
            self.done.notify_one();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code that holds these locks can panic; were it to, the state would still be whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, AtomicUsize, Ordering},
        thread,
    };

    use super::*;

    const USAGE: Usage = Usage { size: 1.0, free: 1.0, available: 1.0, files: 1.0, files_free: 1.0 };

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    fn answered(answers: &[Answer]) -> Vec<bool> {
        answers.iter().map(Option::is_some).collect()
    }

    /// Calls on `/dead` hang while the switch is on. Also counts them.
    fn calls_with_a_dead_mount() -> (Calls, Arc<AtomicBool>, Arc<AtomicUsize>) {
        let (dead, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (switch, count) = (Arc::clone(&dead), Arc::clone(&asked));
        let calls = Calls::new(move |path| {
            if path == Path::new("/dead") {
                count.fetch_add(1, Ordering::SeqCst);
                while switch.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            Ok(USAGE)
        });
        (calls, dead, asked)
    }

    #[test]
    fn a_hung_mount_costs_one_thread_and_only_itself() {
        let (calls, _, asked) = calls_with_a_dead_mount();
        for run in 0..5 {
            let start = Instant::now();
            let answers = calls.ask(paths(&["/a", "/dead", "/b", "/c"]), Duration::from_millis(200));
            assert_eq!(answered(&answers), [true, false, true, true]);
            // Only the first run waits for it.
            assert!(run == 0 || start.elapsed() < Duration::from_millis(150), "{:?}", start.elapsed());
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(calls.lane.threads(), 2);
    }

    #[test]
    fn a_mount_that_comes_back_is_asked_again() {
        let (calls, dead, asked) = calls_with_a_dead_mount();
        assert_eq!(answered(&calls.ask(paths(&["/dead"]), Duration::from_millis(30))), [false]);
        dead.store(false, Ordering::SeqCst);
        while !lock(&calls.out).is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(answered(&calls.ask(paths(&["/dead"]), Duration::from_secs(5))), [true]);
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn many_hung_mounts_leave_the_others_alone() {
        let calls = Calls::new(|path| {
            if path.starts_with("/dead") {
                thread::sleep(Duration::from_secs(3));
            }
            Ok(USAGE)
        });
        let answers = calls.ask(paths(&["/dead/1", "/dead/2", "/a", "/dead/3", "/b"]), Duration::from_secs(1));
        assert_eq!(answered(&answers), [false, false, true, false, true]);
    }

    #[test]
    fn two_scrapes_at_once_both_get_answers() {
        let calls = Calls::new(|_| {
            thread::sleep(Duration::from_millis(5));
            Ok(USAGE)
        });
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(answered(&calls.ask(paths(&["/a"]), Duration::from_secs(5))), [true]));
            }
        });
    }

    #[test]
    fn an_error_is_an_answer() {
        let calls = Calls::new(|_| Err(io::Error::from_raw_os_error(116)));
        assert!(matches!(calls.ask(paths(&["/stale"]), Duration::from_secs(5)).as_slice(), [Some(Err(_))]));
        assert!(calls.ask(Vec::new(), Duration::ZERO).is_empty());
    }
}
