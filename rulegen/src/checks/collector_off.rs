//! A metric that exists but is not collected unless somebody switches its collector on.

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::{Model, Service, Signal};

pub(super) static CODE: Code = Code {
    id: "R0408",
    name: "collector-off",
    meaning: "A signal reads a metric whose collector is off by default: without a switch of the exporter the alert never fires.",
    fix: "Start the exporter with the collector, and say so with `collectors: [NAME]` in the spec.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for service in &model.services {
        let shown = service.boards.iter().flat_map(|b| &b.rows).flat_map(|r| &r.panels).map(|p| &p.signal);
        for key in service.alerts.iter().map(|a| &a.signal).chain(shown) {
            if let Some(signal) = service.signals.get(key) {
                problems_of(service, signal, &model.catalog, problems);
            }
        }
    }
}

fn problems_of(service: &Service, signal: &Signal, catalog: &Catalog, problems: &mut Diagnostics) {
    let read = signal.kind.selectors().into_iter().chain(signal.guards.iter().map(|g| &g.selector));
    for selector in read {
        let Some(metric) = catalog.get(&selector.metric).filter(|m| !m.default) else { continue };
        if !service.collectors.contains(&metric.collector) {
            let message = format!("`{}` is only collected with the collector `{}`", selector.metric, metric.collector);
            let help = format!("run the exporter with it and add `collectors: [{}]` to the spec", metric.collector);
            let problem =
                Problem::error(&CODE, service.name.span, message).label("its exporter does not collect it by default");
            problems.push(problem.help(help).see(signal.span, "read by this signal"));
        }
    }
}
