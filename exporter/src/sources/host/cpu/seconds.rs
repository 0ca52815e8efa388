//! `/proc/stat`: where the time of each processor went.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::metric::{Batch, Descriptor, Failure, Unit};

pub const SECONDS: Descriptor = Descriptor::counter(
    "node_cpu_seconds_total",
    Unit::Seconds,
    &["cpu", "mode"],
    "Time of each processor, by what it was spent on.",
);
pub const GUEST: Descriptor = Descriptor::counter(
    "node_cpu_guest_seconds_total",
    Unit::Seconds,
    &["cpu", "mode"],
    "Time of each processor spent in virtual machines. It is part of the modes user and nice of node_cpu_seconds_total.",
);

/// In the order of the columns.
const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
const GUEST_MODES: [&str; 2] = ["user", "nice"];

/// What the kernel counts in, on every platform that matters (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// The kernel computes idle time anew while a processor sleeps, and may answer a little less than before. From this
/// much less on, the processor was taken out and put in again.
const JUMP: u64 = 300;

type Ticks = [u64; MODES.len() + GUEST_MODES.len()];

/// The highest counts so far: a counter that goes back looks like a restart, and a rate over it like a burst.
#[derive(Default)]
pub struct Seconds {
    held: HashMap<u32, Held, FxBuildHasher>,
    run: u64,
}

struct Held {
    ticks: Ticks,
    run: u64,
}

impl Seconds {
    pub fn read(&mut self, text: &str, guest: bool, out: &mut Batch) -> Result<(), Failure> {
        self.run += 1;
        let mut result = Ok(());
        for line in text.lines() {
            // The first lines are the processors', and the first of them is the sum.
            let Some(row) = line.strip_prefix("cpu") else { break };
            if row.starts_with(' ') {
                continue;
            }
            let Some((name, cpu, ticks)) = parse(row) else {
                result = result.and(Err(Failure::parse(format!("stat: {line:?}"))));
                continue;
            };
            let held = self.hold(cpu, ticks);
            let modes = MODES.iter().map(|mode| (&SECONDS, mode));
            let guest_modes = GUEST_MODES.iter().map(|mode| (&GUEST, mode)).filter(|_| guest);
            for ((descriptor, mode), ticks) in modes.chain(guest_modes).zip(held) {
                out.push(descriptor, &[name, mode], ticks as f64 / TICKS_PER_SECOND);
            }
        }
        // A processor that went offline starts afresh when it comes back.
        let run = self.run;
        self.held.retain(|_, held| held.run == run);
        if self.held.is_empty() {
            result = result.and(Err(Failure::parse("stat: no line of a processor")));
        }
        result
    }

    fn hold(&mut self, cpu: u32, new: Ticks) -> Ticks {
        let held = self.held.entry(cpu).or_insert(Held { ticks: new, run: 0 });
        held.run = self.run;
        let [_, _, _, idle, ..] = held.ticks;
        let [_, _, _, new_idle, ..] = new;
        if idle.saturating_sub(new_idle) >= JUMP {
            held.ticks = new;
        }
        for (old, new) in held.ticks.iter_mut().zip(new) {
            *old = new.max(*old);
        }
        held.ticks
    }
}

/// Name and number of a processor, and its counts. Old kernels have fewer columns.
fn parse(row: &str) -> Option<(&str, u32, Ticks)> {
    let (name, counts) = row.split_once(' ')?;
    let mut ticks = Ticks::default();
    for (slot, count) in ticks.iter_mut().zip(counts.split_ascii_whitespace()) {
        *slot = count.parse().ok()?;
    }
    Some((name, name.parse().ok()?, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(seconds: &mut Seconds, text: &str) -> Vec<String> {
        let mut out = Batch::new(100);
        seconds.read(text, false, &mut out).unwrap();
        let (snapshot, _) = out.seal();
        let samples = snapshot.families().iter().flat_map(|family| &family.samples);
        let shown = samples.filter(|sample| ["user", "idle"].iter().any(|mode| snapshot.series(sample).contains(mode)));
        shown.map(|sample| format!("{} {}", snapshot.series(sample), sample.value)).collect()
    }

    #[test]
    fn a_small_step_back_is_held() {
        let mut seconds = Seconds::default();
        lines(&mut seconds, "cpu0 100 0 0 1000");
        let held = lines(&mut seconds, "cpu0 90 0 0 701");
        assert_eq!(held, [r#"{cpu="0",mode="user"} 1"#, r#"{cpu="0",mode="idle"} 10"#]);
    }

    #[test]
    fn a_large_step_back_of_idle_time_is_a_new_processor() {
        let mut seconds = Seconds::default();
        lines(&mut seconds, "cpu0 100 0 0 1000");
        let new = lines(&mut seconds, "cpu0 90 0 0 700");
        assert_eq!(new, [r#"{cpu="0",mode="user"} 0.9"#, r#"{cpu="0",mode="idle"} 7"#]);
    }

    #[test]
    fn a_processor_that_was_away_starts_afresh() {
        let mut seconds = Seconds::default();
        lines(&mut seconds, "cpu0 1 0 0 1\ncpu1 100 0 0 100");
        assert_eq!(lines(&mut seconds, "cpu0 1 0 0 1").len(), 2);
        let back = lines(&mut seconds, "cpu0 1 0 0 1\ncpu1 5 0 0 50");
        assert_eq!(back[2..], [r#"{cpu="1",mode="user"} 0.05"#, r#"{cpu="1",mode="idle"} 0.5"#]);
    }
}
