//! `/proc/loadavg`: how many tasks want a processor.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const LOAD: [Descriptor; 3] = [
    Descriptor::gauge(
        "node_load1",
        Unit::None,
        &[],
        "Tasks running or waiting for a processor or disk, averaged over one minute.",
    ),
    Descriptor::gauge(
        "node_load5",
        Unit::None,
        &[],
        "Tasks running or waiting for a processor or disk, averaged over five minutes.",
    ),
    Descriptor::gauge(
        "node_load15",
        Unit::None,
        &[],
        "Tasks running or waiting for a processor or disk, averaged over fifteen minutes.",
    ),
];

/// The collector `loadavg`.
pub const COLLECTOR: Collector =
    Collector { name: "loadavg", default: true, metrics: &LOAD, settings: &[], start: |_| Ok(Box::new(read)) };

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("loadavg")?;
    let mut fields = text.split_whitespace().map(str::parse::<f64>);
    for descriptor in &LOAD {
        match fields.next() {
            Some(Ok(load)) => out.push(descriptor, &[], load),
            _ => return Err(Failure::parse(format!("loadavg: {text:?}"))),
        }
    }
    Ok(())
}
