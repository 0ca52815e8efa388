//! What each collector of the host costs on this machine.

use std::time::{Duration, Instant};

use stack_exporter::{
    metric::Batch,
    sources::host::{Config, jobs},
};

use super::{cpu_of, median};
use crate::report::{Quantity, Row};

const ROUNDS: usize = 201;

/// Processor time of a run of each collector: read, parse, seal. The dearest first, behind the sum.
pub fn table() -> Vec<Row> {
    let jobs = jobs(&Config::default()).unwrap();
    let mut asked: Vec<_> = jobs.iter().map(|job| (job.collector, (job.start)(), Vec::new(), 0)).collect();
    for _ in 0..ROUNDS {
        for (_, ask, times, series) in &mut asked {
            let mut batch = Batch::new(10_000);
            times.push(cpu_of(|| ask(Instant::now() + Duration::from_secs(5), &mut batch)));
            let mut snapshot = None;
            *times.last_mut().unwrap() += cpu_of(|| snapshot = Some(batch.seal().0));
            *series = snapshot.map_or(0, |snapshot| snapshot.len());
        }
    }
    let mut costs: Vec<_> = asked.into_iter().map(|(name, _, times, series)| (name, median(times), series)).collect();
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    let sum = costs.iter().map(|(_, cost, _)| cost).sum();
    let mut rows = vec![Row::new("all collectors, CPU of a run", Quantity::Seconds(sum))];
    let row = |(name, cost, series)| Row::new(format!("{name}, {series} series"), Quantity::Seconds(cost));
    rows.extend(costs.into_iter().map(row));
    rows
}
