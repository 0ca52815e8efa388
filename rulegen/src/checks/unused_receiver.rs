//! A receiver that nobody names.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;

pub(super) static CODE: Code = Code {
    id: "R0409",
    name: "unused-receiver",
    meaning: "A receiver is named by no severity and no watchdog: whoever waits there hears nothing.",
    fix: "Name it under `notify`, or remove it.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for service in &model.services {
        let of_severities = service.severities.iter().flat_map(|s| &s.notify);
        let of_watchdog = service.watchdog.iter().flat_map(|w| &w.notify);
        let used: Vec<&String> = of_severities.chain(of_watchdog).collect();
        for receiver in service.receivers.values().filter(|r| !used.contains(&&r.name.value)) {
            let message = format!("nothing is ever sent to `{}`", receiver.name.value);
            problems.push(Problem::warning(&CODE, receiver.name.span, message));
        }
    }
}
