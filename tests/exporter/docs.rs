//! The reference of the exporter is written from the tables in the code. `UPDATE=1` writes it anew.

use std::{fmt::Write, path::Path};

use stack_exporter::{
    engine::Limits,
    serve::limits,
    sources::host::{COLLECTORS, Collector, Value},
};
use stack_tests::golden;

const INTRODUCTION: &str = include_str!("../../docs/exporter.head.md");

#[test]
fn the_reference_is_that_of_the_code() {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Collectors\n\n| collector | on | families | switches |\n|---|---|---|---|\n");
    for collector in COLLECTORS {
        let on = if collector.default { "yes" } else { "no" };
        writeln!(text, "| `{}` | {on} | {} | {} |", collector.name, families(collector), collector.settings.len())
            .unwrap();
    }
    text.push_str(
        "\n## Switches of collectors\n\nAs a flag `--collector.NAME`, in the file under `host.settings`.\n\n",
    );
    text.push_str("| switch | default | what it does |\n|---|---|---|\n");
    for setting in COLLECTORS.iter().flat_map(|collector| collector.settings) {
        let default = match setting.default {
            Value::Switch(on) => if on { "on" } else { "off" }.to_owned(),
            Value::Text("") => String::new(),
            Value::Text(text) => format!("`{}`", text.replace('|', "\\|")),
        };
        writeln!(text, "| `{}` | {default} | {} |", setting.name, setting.help).unwrap();
    }
    text.push_str(&limits_table());
    let mut golden = golden::Run::default();
    golden.compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/exporter.md"), &text);
    golden.finish();
}

fn families(collector: &Collector) -> String {
    let names: Vec<_> = collector.metrics.iter().map(|metric| format!("`{}`", metric.name)).collect();
    match names.as_slice() {
        names @ ([] | [_] | [_, _] | [_, _, _]) => names.join(", "),
        [first, second, ..] => format!("{first}, {second} and {} more", names.len() - 2),
    }
}

fn limits_table() -> String {
    let engine = Limits::default();
    let rows = [
        ("longest scrape", format!("{:?}", engine.longest), "`node_scrape_collector_failure{reason=\"timeout\"}`"),
        (
            "age at which data is still shared",
            format!("{:?}", engine.freshness),
            "`stack_exporter_scrapes_total{from=\"shared\"}`",
        ),
        (
            "series of one collector",
            engine.series.to_string(),
            "`stack_exporter_dropped_samples_total{reason=\"budget\"}`",
        ),
        ("length of a label value", "1024 bytes".into(), "cut at a character"),
        (
            "HTTP connections",
            limits::CONNECTIONS.to_string(),
            "`stack_exporter_http_closed_total{limit=\"connections\"}`",
        ),
        (
            "time for a request's head",
            format!("{:?}", limits::HEAD),
            "`stack_exporter_http_closed_total{limit=\"head\"}`",
        ),
        ("size of a request's head", format!("{} bytes, {} lines", limits::HEAD_SIZE, limits::HEADERS), "status 431"),
        ("time between requests", format!("{:?}", limits::IDLE), "closed"),
        (
            "time for the peer to take a piece",
            format!("{:?}", limits::WRITE),
            "`stack_exporter_http_closed_total{limit=\"write\"}`",
        ),
        ("time to end after SIGTERM", format!("{:?}", limits::GOODBYE), "closed"),
    ];
    let mut text = "\n## Limits\n\n| limit | value | where it shows |\n|---|---|---|\n".to_owned();
    rows.iter().for_each(|(what, value, shows)| writeln!(text, "| {what} | {value} | {shows} |").unwrap());
    text
}
