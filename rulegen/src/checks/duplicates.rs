//! Two things under one name where only one fits.

use crate::diagnostic::{Code, Diagnostics, Problem, Span};
use crate::model::{Model, WATCHDOG};
use crate::spec::At;
use std::collections::HashMap;

pub(super) static CODE: Code = Code {
    id: "R0410",
    name: "duplicate-id",
    meaning: "Two services, guide ids, windows, panels or dashboard uids are the same, or an alert has the name of the watchdog: outputs would overwrite or be taken for each other.",
    fix: "Change one of them.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    let pair = |at: &At<String>| (at.value.clone(), at.span);
    once("service", model.services.iter().map(|s| pair(&s.name)), problems);
    once("dashboard uid", model.services.iter().flat_map(|s| &s.boards).map(|b| pair(&b.uid)), problems);
    for service in &model.services {
        once("guide id", service.alerts.iter().filter_map(|a| a.guide_id.as_ref()).map(pair), problems);
        let windows = service.windows.values().chain(&service.quiet);
        once("window", windows.map(|w| (w.name.clone(), w.span)), problems);
        // The watchdog takes its name before any alert does.
        let watchdog = service.watchdog.iter().map(|_| (WATCHDOG.to_owned(), service.name.span));
        once("alert", watchdog.chain(service.alerts.iter().map(|a| pair(&a.name))), problems);
        for row in service.boards.iter().flat_map(|b| &b.rows) {
            let drawn = row.panels.iter().map(|p| (format!("{}: {}", p.signal, p.kind.name()), p.span));
            once("panel", drawn, problems);
        }
    }
}

fn once(what: &str, names: impl Iterator<Item = (String, Span)>, problems: &mut Diagnostics) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for (name, span) in names {
        if let Some(first) = seen.get(&name) {
            let message = format!("the {what} `{name}` is used twice");
            problems.push(Problem::error(&CODE, span, message).see(*first, "first used here"));
        }
        seen.entry(name).or_insert(span);
    }
}
