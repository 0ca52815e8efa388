//! A hundred thousand series from sealed snapshots to text.

use prometheus::{Encoder, TextEncoder};
use stack_exporter::exposition::{Encoding, Format, compress, encode};

use super::{cpu_of, median};
use crate::{
    report::{Quantity, Row, Target},
    synthetic::{SERIES, batches, registry, seal},
};

const ROUNDS: usize = 15;
/// Nanoseconds a series. A plain direct writer needs twice as much.
const TARGET: f64 = 30e-9;

pub fn rows() -> Vec<Row> {
    let (snapshots, registry) = (seal(batches()), registry());
    let (text, _) = encode(&snapshots, Format::default());
    let open_metrics = Format { encoding: Encoding::OpenMetrics1, ..Format::default() };
    let gather_and_encode = || {
        let mut out = Vec::new();
        TextEncoder::new().encode(&registry.gather(), &mut out).map(|()| out)
    };
    let questions: [&dyn Fn() -> f64; 7] = [
        &|| cpu_of(|| encode(&snapshots, Format::default())),
        &|| cpu_of(|| encode(&snapshots, open_metrics)),
        &|| cpu_of(batches),
        &|| {
            let batches = batches();
            cpu_of(|| seal(batches))
        },
        &|| cpu_of(|| compress(&text)),
        &|| cpu_of(|| text.clone()),
        &|| cpu_of(gather_and_encode),
    ];
    let mut times: [Vec<f64>; 7] = Default::default();
    for _ in 0..ROUNDS {
        for (question, times) in questions.iter().zip(&mut times) {
            // The first time only warms up: memory that the question before gave back to the system is fetched anew,
            // which an exporter that answers again and again does not do.
            question();
            times.push(question());
        }
    }
    let [text, open_metrics, gathering, sealing, gzip, copy, prometheus] =
        times.map(|times| Quantity::Seconds(median(times) / SERIES as f64));
    vec![
        Row::new("exposition, a series: text", text)
            .beside("memcpy of the text", copy)
            .target(Target::AtMost(Quantity::Seconds(TARGET))),
        Row::new("exposition, a series: text", text).beside("prometheus crate", prometheus),
        Row::new("exposition, a series: OpenMetrics", open_metrics),
        Row::new("exposition, a series: filling batches", gathering),
        Row::new("exposition, a series: sealing", sealing),
        Row::new("exposition, a series: gzip", gzip),
    ]
}
