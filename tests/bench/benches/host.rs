//! The collectors of the host over the real `/proc` and `/sys`, in this process.

use std::time::{Duration, Instant};

use divan::{AllocProfiler, Bencher};
use stack_exporter::{
    config::Config,
    engine::Selection,
    exposition::{Format, encode},
    metric::Batch,
    sources::{Job, host},
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn jobs() -> Vec<Job> {
    host::jobs(&host::Config::default()).unwrap()
}

fn names() -> Vec<&'static str> {
    jobs().iter().map(|job| job.collector).collect()
}

/// One collector: read, parse, seal.
#[divan::bench(args = names(), max_time = 0.3)]
fn collector(bencher: Bencher<'_, '_>, name: &str) {
    let job = jobs().into_iter().find(|job| job.collector == name).unwrap();
    let mut ask = (job.start)();
    bencher.bench_local(|| {
        let mut batch = Batch::new(10_000);
        // Some find nothing on this machine; finding that out has its cost too.
        let _ = ask(Instant::now() + Duration::from_secs(1), &mut batch);
        batch.seal()
    });
}

/// A whole scrape: engine, threads and all, to the last byte of text.
#[divan::bench]
fn scrape(bencher: Bencher<'_, '_>) {
    let mut config = Config::default();
    config.limits.freshness = Duration::ZERO;
    let (engine, _) = stack_exporter::engine(&config).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    bencher.bench_local(|| {
        let deadline = Instant::now() + Duration::from_secs(5);
        let scrape = runtime.block_on(engine.scrape(&Selection::All, deadline));
        encode(&scrape.snapshots(), Format::default())
    });
}
