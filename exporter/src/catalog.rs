//! Prints every family that this exporter can export: the type environment of whoever writes rules on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    metric::Descriptor,
    own,
    sources::{self, Declared},
};

#[derive(Serialize)]
struct Catalog {
    exporter: &'static str,
    metrics: BTreeMap<&'static str, Entry>,
    /// Families whose names are known only at run time; `*` stands for one or more characters.
    patterns: BTreeMap<&'static str, Entry>,
}

#[derive(Serialize)]
struct Entry {
    r#type: &'static str,
    unit: &'static str,
    labels: BTreeSet<&'static str>,
    source: &'static str,
    collector: &'static str,
    default: bool,
    help: &'static str,
}

/// The catalog as YAML.
pub fn print() -> Result<String, serde_yaml::SerializeError> {
    let mut catalog = Catalog { exporter: "stack_exporter", metrics: BTreeMap::new(), patterns: BTreeMap::new() };
    let own = [Declared { source: "exporter", collector: "exporter", default: true, metrics: own::METRICS }];
    for declared in sources::declared().chain(own) {
        for metric in declared.metrics {
            let families = if metric.is_pattern() { &mut catalog.patterns } else { &mut catalog.metrics };
            // A family may come from two collectors with labels of their own, as the peers have it.
            let known = families.entry(metric.name).or_insert_with(|| entry(&declared, metric));
            known.labels.extend(metric.labels);
        }
    }
    let options = serde_yaml::ser_options! { prefer_block_scalars: false, compact_list_indent: false };
    let yaml = serde_yaml::to_string_with_options(&catalog, options)?;
    Ok(format!("# Printed by `stack_exporter catalog`. Do not edit.\n{yaml}"))
}

fn entry(declared: &Declared, metric: &Descriptor) -> Entry {
    Entry {
        r#type: metric.kind.word(),
        unit: metric.unit.word(),
        labels: metric.labels.iter().copied().collect(),
        source: declared.source,
        collector: declared.collector,
        default: declared.default,
        help: metric.help,
    }
}
