//! An alert of which nobody hears.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;

pub(super) static CODE: Code = Code {
    id: "R0403",
    name: "reaches-nobody",
    meaning: "An alert has a severity that notifies no receiver: it would fire in silence.",
    fix: "Name a receiver under `notify` of the severity.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for service in &model.services {
        for severity in service.severities.iter().filter(|s| !s.names_receivers) {
            let mut alerts =
                service.alerts.iter().filter(|a| a.levels.iter().any(|l| l.severity == severity.name.value));
            let Some(alert) = alerts.next() else { continue };
            let message =
                format!("`{}` notifies nobody, so `{}` would fire in silence", severity.name.value, alert.name.value);
            let problem = Problem::error(&CODE, severity.name.span, message).label("no `notify`");
            let receivers: Vec<&str> = service.receivers.keys().map(String::as_str).collect();
            let help = (!receivers.is_empty()).then(|| format!("add `notify:` with one of {}", receivers.join(", ")));
            problems.push(problem.see(alert.name.span, "this alert").maybe_help(help));
        }
    }
}
