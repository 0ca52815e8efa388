//! The page at `/`: how every collector is, for a person who has just been paged.

use std::time::Duration;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sysinfo::System;

use crate::{engine::Condition, metric::Reason};

const STYLE: &str = include_str!("landing.css");

/// The page.
pub fn page(conditions: &[Condition], telemetry_path: &str) -> String {
    let faulty = conditions.iter().filter(|condition| state(condition).0 == "fault").count();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "stack_exporter" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "stack_exporter " small { (env!("CARGO_PKG_VERSION")) } }
                p { (host()) }
                p.links {
                    a href=(telemetry_path) { (telemetry_path) }
                    a href="/-/healthy" { "/-/healthy" }
                    a href="/-/ready" { "/-/ready" }
                }
                p.sum.fault[faulty > 0] {
                    (conditions.len()) " collectors, " (if faulty == 0 { "none".to_owned() } else { faulty.to_string() })
                    " with a fault"
                }
                (table(conditions))
                p.note { "The page shows the last scrape. It asks nothing itself." }
            }
        }
    }
    .into_string()
}

fn table(conditions: &[Condition]) -> Markup {
    // Faults first: nobody scrolls at 3 a.m.
    let mut sorted: Vec<_> = conditions.iter().map(|condition| (state(condition), condition)).collect();
    sorted.sort_by_key(|((class, _), condition)| (*class != "fault", condition.collector));
    html! {
        table {
            thead { tr { th { "Collector" } th { "State" } th.n { "Age" } th.n { "Took" } th.n { "Series" } th { "Last error" } } }
            tbody {
                @for ((class, word), condition) in &sorted {
                    tr class=(class) {
                        td { (condition.collector) }
                        td { span.dot {} (word) }
                        td.n { @if let Some((age, _)) = condition.last { (short(age)) } }
                        td.n { @if let Some((_, took)) = condition.last { (short(took)) } }
                        td.n { (condition.series) }
                        td { (last_error(condition)) }
                    }
                }
            }
        }
    }
}

/// A class and a word. Colour alone says nothing to some of us.
fn state(condition: &Condition) -> (&'static str, String) {
    if let Some(out) = condition.running.filter(|out| *out > Duration::from_secs(1)) {
        return ("fault", format!("hangs for {}", short(out)));
    }
    match (&condition.failure, condition.last) {
        (Some(failure), _) if failure.reason == Reason::NoData => ("none", "nothing of the kind".into()),
        (Some(failure), _) => ("fault", failure.reason.word().into()),
        (None, Some(_)) => ("ok", "ok".into()),
        (None, None) => ("none", "not asked yet".into()),
    }
}

fn last_error(condition: &Condition) -> Markup {
    html! {
        @if let Some((failure, age)) = &condition.last_fault {
            (failure.detail) span.age { " " (short(*age)) " ago" }
        }
    }
}

fn short(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 0.001 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

/// Who this is. Facts that every operating system has, so they come from a portable library.
fn host() -> String {
    let up = System::uptime().map(|seconds| format!("up {}", short(Duration::from_secs(seconds))));
    let facts = [System::host_name(), System::long_os_version(), System::kernel_version(), up];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
