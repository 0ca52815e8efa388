//! The catalog is what the exporter prints, and what it prints is in order.

use std::{collections::BTreeMap, fs, path::Path};

use stack_exporter::{catalog, own, sources};
use stack_tests::golden;

#[test]
fn the_committed_catalog_is_the_printed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/catalogs/stack_exporter.yml");
    let mut golden = golden::Run::default();
    golden.compare(&path, &catalog::print().unwrap());
    golden.finish();
}

#[test]
fn descriptors_are_well_formed() {
    let mut kinds = BTreeMap::new();
    let declared = sources::declared().flat_map(|declared| declared.metrics.iter()).chain(own::METRICS);
    for metric in declared {
        let name = metric.name;
        let kind = (metric.kind, metric.unit);
        assert_eq!(*kinds.entry(name).or_insert(kind), kind, "{name} is declared twice, and differently");
        assert!(metric.labels.is_sorted(), "{name}: labels are not in alphabetical order");
        assert!(metric.help.ends_with('.'), "{name}: help is no sentence: {:?}", metric.help);
        assert!(!metric.help.contains('\n'), "{name}");
    }
}

/// Facts gathered from node_exporter: every family of a collector that we have must be declared, with the same type and
/// labels.
#[test]
fn host_families_are_those_of_node_exporter() {
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("exporter/node_families.txt");
    let ours: Vec<_> = sources::host::declared().collect();
    let mut missing = Vec::new();
    for line in fs::read_to_string(facts).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split(' ').collect();
        let [name, kind, labels, collector, default] = fields[..] else { panic!("{line}") };
        let Some(declared) = ours.iter().find(|declared| declared.collector == collector) else { continue };
        let labels: Vec<_> = labels.split(',').filter(|label| *label != "-").collect();
        let found = declared.metrics.iter().find(|metric| metric.covers(name));
        let fits =
            found.is_some_and(|metric| metric.kind.word() == kind && labels.iter().all(|l| metric.labels.contains(l)));
        if !fits || declared.default != (default == "default") {
            missing.push(format!("{line}\n  ours: {found:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What people look at and are woken by must be there.
#[test]
fn popular_dashboards_and_rules_find_their_metrics() {
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("exporter/used_by_dashboards.txt");
    let ours: Vec<_> = sources::declared().flat_map(|declared| declared.metrics).chain(own::METRICS).collect();
    let text = fs::read_to_string(facts).unwrap();
    let names = text.lines().filter(|line| !line.starts_with('#'));
    let missing: Vec<_> = names.filter(|name| !ours.iter().any(|metric| metric.covers(name))).collect();
    // No exporter has this one: its name ends in `_total` since it exists.
    assert_eq!(missing, ["node_kernel_hung_tasks"]);
}
