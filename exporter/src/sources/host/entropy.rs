//! `/proc/sys/kernel/random`: what the kernel's random number generator has to draw from.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const AVAILABLE: Descriptor = Descriptor::gauge(
    "node_entropy_available_bits",
    Unit::Count,
    &[],
    "Entropy that the random number generator holds. Since Linux 5.18 it stays at the size of the pool.",
);
const POOL_SIZE: Descriptor = Descriptor::gauge(
    "node_entropy_pool_size_bits",
    Unit::Count,
    &[],
    "Most entropy that the random number generator can hold.",
);

/// The collector `entropy`.
pub const COLLECTOR: Collector = Collector {
    name: "entropy",
    default: true,
    metrics: &[AVAILABLE, POOL_SIZE],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let available = host.proc_number("sys/kernel/random/entropy_avail").map(|bits| out.push(&AVAILABLE, &[], bits));
    let pool_size = host.proc_number("sys/kernel/random/poolsize").map(|bits| out.push(&POOL_SIZE, &[], bits));
    available.and(pool_size)
}
