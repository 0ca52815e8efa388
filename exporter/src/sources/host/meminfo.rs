//! `/proc/meminfo`: each of its lines is a family.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const BYTES: Descriptor =
    Descriptor::gauge("node_memory_*_bytes", Unit::Bytes, &[], "The line of /proc/meminfo that the name quotes.");
/// Lines without a unit: the huge pages.
const PAGES: Descriptor =
    Descriptor::gauge("node_memory_*", Unit::Count, &[], "The line of /proc/meminfo that the name quotes.");

/// The collector `meminfo`.
pub const COLLECTOR: Collector = Collector {
    name: "meminfo",
    default: true,
    metrics: &[BYTES, PAGES],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("meminfo")?;
    let mut name = String::new();
    for line in text.lines() {
        let bad = || Failure::parse(format!("meminfo: {line:?}"));
        let mut fields = line.split_whitespace();
        let (key, value) = fields.next().zip(fields.next()).ok_or_else(bad)?;
        let value: f64 = value.parse().map_err(|_| bad())?;
        spell(&mut name, key.trim_end_matches(':'));
        match fields.next() {
            Some("kB") => {
                name.push_str("_bytes");
                out.push_named(&BYTES, &name, BYTES.help, &[], value * 1024.0);
            }
            Some(_) => return Err(bad()),
            None => out.push_named(&PAGES, &name, PAGES.help, &[], value),
        }
    }
    Ok(())
}

/// `Active(anon)` is spelled `node_memory_Active_anon`.
fn spell(name: &mut String, key: &str) {
    name.clear();
    name.push_str("node_memory_");
    name.extend(key.trim_end_matches(')').chars().map(|c| if c == '(' { '_' } else { c }));
}
