//! `/proc/sys/fs/file-nr`: open files of the whole machine, and how many there may be.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const ALLOCATED: Descriptor =
    Descriptor::gauge("node_filefd_allocated", Unit::Count, &[], "Open file descriptions of all processes together.");
const MAXIMUM: Descriptor = Descriptor::gauge(
    "node_filefd_maximum",
    Unit::Count,
    &[],
    "Open file descriptions that the kernel allows all processes together.",
);

/// The collector `filefd`.
pub const COLLECTOR: Collector = Collector {
    name: "filefd",
    default: true,
    metrics: &[ALLOCATED, MAXIMUM],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("sys/fs/file-nr")?;
    let (allocated, maximum) =
        parse(&text).ok_or_else(|| Failure::parse(format!("sys/fs/file-nr: {:?}", text.trim_end())))?;
    out.push(&ALLOCATED, &[], allocated as f64);
    out.push(&MAXIMUM, &[], maximum as f64);
    Ok(())
}

fn parse(text: &str) -> Option<(u64, u64)> {
    // The number between them, of free descriptions, has been zero since Linux 2.6.
    let mut fields = text.split_whitespace();
    Some((fields.next()?.parse().ok()?, fields.nth(1)?.parse().ok()?))
}
