//! A hundred thousand series with stable labels: 50 families, 4 labels, about 129 bytes a line, half of the values whole.

use std::sync::{Arc, LazyLock};

use prometheus::{GaugeVec, Opts, Registry};
use stack_exporter::metric::{Batch, Descriptor, Snapshot, Unit};

/// Families.
pub const FAMILIES: usize = 50;
/// Series in all of them.
pub const SERIES: usize = 100_000;
/// Snapshots that they come in, as from so many collectors.
const SNAPSHOTS: usize = 10;
const LABELS: &[&str] = &["instance", "method", "pool", "route"];
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const PER_FAMILY: usize = SERIES / FAMILIES;

static DESCRIPTORS: LazyLock<Vec<Descriptor>> = LazyLock::new(|| {
    let descriptor = |number| {
        let name: &'static str = format!("bench_family_{number:02}_duration_seconds").leak();
        Descriptor::gauge(name, Unit::Seconds, LABELS, "A family that is only here to be written.")
    };
    (0..FAMILIES).map(descriptor).collect()
});

/// The label values of each series of a family; the same in every family.
pub static LABEL_VALUES: LazyLock<Vec<[String; 4]>> = LazyLock::new(|| {
    let values = |number: usize| {
        [
            format!("10.0.{}.{}:9847", number / 250, number % 250),
            METHODS[number % METHODS.len()].to_owned(),
            format!("pool-{:03}", number % 1000),
            format!("/api/v2/items/{number:05}"),
        ]
    };
    (0..PER_FAMILY).map(values).collect()
});

/// The value of a series: every other one whole, from single digits to some ten of them; the rest with all the digits
/// that a float can have.
pub fn value(number: usize) -> f64 {
    let random = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    if number.is_multiple_of(2) {
        (random >> (24 + number % 37)) as f64
    } else {
        (random >> 11) as f64 / (1_u64 << 53) as f64 * 1000.0
    }
}

/// Fills one batch for each snapshot, as collectors do.
pub fn batches() -> Vec<Batch> {
    let fill = |families: &'static [Descriptor]| {
        let mut batch = Batch::new(SERIES);
        for (family, descriptor) in families.iter().enumerate() {
            for (number, [instance, method, pool, route]) in LABEL_VALUES.iter().enumerate() {
                batch.push(descriptor, &[instance, method, pool, route], value(family * PER_FAMILY + number));
            }
        }
        batch
    };
    DESCRIPTORS.chunks(FAMILIES / SNAPSHOTS).map(fill).collect()
}

/// Seals them.
pub fn seal(batches: Vec<Batch>) -> Vec<Arc<Snapshot>> {
    batches.into_iter().map(|batch| Arc::new(batch.seal().0)).collect()
}

/// The same series in the `prometheus` crate.
pub fn registry() -> Registry {
    let registry = Registry::new();
    for (family, descriptor) in DESCRIPTORS.iter().enumerate() {
        let gauges = GaugeVec::new(Opts::new(descriptor.name, descriptor.help), LABELS).unwrap();
        for (number, values) in LABEL_VALUES.iter().enumerate() {
            gauges.with_label_values(values).set(value(family % 5 * PER_FAMILY + number));
        }
        registry.register(Box::new(gauges)).unwrap();
    }
    registry
}
