//! From samples to the bytes of an answer, at a hundred thousand series.

use std::hint::black_box;

use divan::{
    AllocProfiler, Bencher,
    counter::{BytesCount, ItemsCount},
};
use prometheus::{Encoder, TextEncoder};
use stack_bench::synthetic::{SERIES, batches, registry, seal, value};
use stack_exporter::{
    exposition::{Encoding, Escaping, Format, compress, encode},
    metric::write_number,
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const FORMATS: [Encoding; 3] = [Encoding::Text0, Encoding::OpenMetrics1, Encoding::Protobuf];

/// Merge and encode what collectors sealed.
#[divan::bench(args = FORMATS)]
fn encoded(bencher: Bencher<'_, '_>, encoding: &Encoding) {
    let snapshots = seal(batches());
    let format = Format { encoding: *encoding, escaping: Escaping::default() };
    bencher.counter(ItemsCount::new(SERIES)).bench(|| encode(&snapshots, format));
}

/// The same series from the `prometheus` crate.
#[divan::bench]
fn encoded_by_the_prometheus_crate(bencher: Bencher<'_, '_>) {
    let registry = registry();
    bencher.counter(ItemsCount::new(SERIES)).bench(|| {
        let mut out = Vec::new();
        TextEncoder::new().encode(&registry.gather(), &mut out).map(|()| out)
    });
}

/// The floor: the same bytes, copied.
#[divan::bench]
fn copied(bencher: Bencher<'_, '_>) {
    let (text, _) = encode(&seal(batches()), Format::default());
    bencher.counter(ItemsCount::new(SERIES)).bench(|| black_box(&text).clone());
}

/// What collectors do: give each sample to a batch.
#[divan::bench]
fn gathered(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(SERIES)).bench(batches);
}

/// Sort families, drop duplicates.
#[divan::bench]
fn sealed(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(SERIES)).with_inputs(batches).bench_values(seal);
}

/// Gzip, over everything.
#[divan::bench]
fn compressed(bencher: Bencher<'_, '_>) {
    let (text, _) = encode(&seal(batches()), Format::default());
    bencher.counter(ItemsCount::new(SERIES)).counter(BytesCount::of_slice(&text)).bench(|| compress(&text));
}

/// Values alone: small and large whole numbers, floats with all their digits, floats with few.
#[divan::bench(args = ["whole", "large", "float", "short"])]
fn numbers(bencher: Bencher<'_, '_>, kind: &str) {
    let number = |at: usize| match kind {
        "whole" => (at % 5000) as f64,
        "large" => value(2 * (at / 37 * 37)).max(1e6),
        "float" => value(2 * at + 1),
        _ => (at % 5000) as f64 / 100.0,
    };
    let numbers: Vec<f64> = (0..10_000).map(number).collect();
    let mut out = Vec::with_capacity(1 << 20);
    bencher.counter(ItemsCount::new(numbers.len())).bench_local(|| {
        out.clear();
        numbers.iter().for_each(|number| write_number(&mut out, *number));
        black_box(&out);
    });
}
