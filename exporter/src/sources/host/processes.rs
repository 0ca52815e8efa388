//! `/proc/<pid>`: how many processes and threads there are, by what they are doing.

use std::{collections::BTreeMap, fmt::Write, time::Instant};

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const PIDS: Descriptor = Descriptor::gauge("node_processes_pids", Unit::Count, &[], "Processes.");
const STATE: Descriptor = Descriptor::gauge(
    "node_processes_state",
    Unit::Count,
    &["state"],
    "Processes by state: R runs, S sleeps, D waits uninterruptibly, Z has ended, T is stopped, I is an idle kernel thread.",
);
const THREADS: Descriptor = Descriptor::gauge("node_processes_threads", Unit::Count, &[], "Threads of all processes.");
const THREADS_STATE: Descriptor = Descriptor::gauge(
    "node_processes_threads_state",
    Unit::Count,
    &["thread_state"],
    "Threads by state, in the letters of node_processes_state.",
);
const MAX_THREADS: Descriptor =
    Descriptor::gauge("node_processes_max_threads", Unit::Count, &[], "Threads that the kernel allows.");
const MAX_PROCESSES: Descriptor = Descriptor::gauge(
    "node_processes_max_processes",
    Unit::Count,
    &[],
    "Where the kernel's numbers of processes and threads end.",
);

/// The collector `processes`.
pub const COLLECTOR: Collector = Collector {
    name: "processes",
    default: false,
    metrics: &[PIDS, STATE, THREADS, THREADS_STATE, MAX_THREADS, MAX_PROCESSES],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let counted = count(host).map(|count| count.write(out));
    let threads = host.proc_number("sys/kernel/threads-max").map(|limit| out.push(&MAX_THREADS, &[], limit));
    let processes = host.proc_number("sys/kernel/pid_max").map(|limit| out.push(&MAX_PROCESSES, &[], limit));
    counted.and(threads).and(processes)
}

#[derive(Default)]
struct Count {
    threads: u64,
    states: BTreeMap<char, u32>,
    thread_states: BTreeMap<char, u32>,
}

impl Count {
    fn write(&self, out: &mut Batch) {
        out.push(&PIDS, &[], f64::from(self.states.values().sum::<u32>()));
        out.push(&THREADS, &[], self.threads as f64);
        for (descriptor, states) in [(&STATE, &self.states), (&THREADS_STATE, &self.thread_states)] {
            for (state, count) in states {
                out.push(descriptor, &[state.encode_utf8(&mut [0; 4])], f64::from(*count));
            }
        }
    }
}

/// Half a count would be a wrong count: what cannot be read fails the whole, unless the process is gone.
fn count(host: &mut Host) -> Result<Count, Failure> {
    let mut count = Count::default();
    let mut path = String::new();
    for pid in numbers(host.list_proc("")?) {
        if Instant::now() >= host.deadline() {
            return Err(Failure::new(Reason::Timeout, "too many processes to read in time"));
        }
        let Some(process) = stat(host, &mut path, format_args!("{pid}/stat"))? else { continue };
        *count.states.entry(process.state).or_default() += 1;
        *count.thread_states.entry(process.state).or_default() += 1;
        count.threads += u64::from(process.threads);
        // Nearly all processes have one thread, and need no second look.
        if process.threads < 2 {
            continue;
        }
        let Some(tasks) = unless_gone(host.list_proc(&format!("{pid}/task")))? else { continue };
        for task in numbers(tasks).filter(|task| *task != pid) {
            if let Some(thread) = stat(host, &mut path, format_args!("{pid}/task/{task}/stat"))? {
                *count.thread_states.entry(thread.state).or_default() += 1;
            }
        }
    }
    Ok(count)
}

fn numbers(names: Vec<String>) -> impl Iterator<Item = u32> {
    names.into_iter().filter_map(|name| name.parse().ok())
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    threads: u32,
}

/// One file `stat`, opened for this one read: processes come and go.
fn stat(host: &mut Host, path: &mut String, file: std::fmt::Arguments<'_>) -> Result<Option<Stat>, Failure> {
    path.clear();
    _ = path.write_fmt(file);
    let full = host.paths.procfs.join(&path);
    let Some(text) = unless_gone(host.read_once(&full))? else { return Ok(None) };
    parse(&text).map(Some).ok_or_else(|| Failure::parse(format!("{path}: {:?}", text.trim_end())))
}

/// A process may end at any moment between the listing and the reading.
fn unless_gone<T>(result: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.reason == Reason::Missing => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The name of the program stands in parentheses, and may itself hold some.
fn parse(text: &str) -> Option<Stat> {
    let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    Some(Stat { state, threads: fields.nth(16)?.parse().ok()? })
}
