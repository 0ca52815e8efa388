//! A range that holds too few samples.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;
use crate::units::Duration;

pub(super) static CODE: Code = Code {
    id: "R0405",
    name: "range-too-short",
    meaning: "A range covers fewer than four scrapes: one lost scrape leaves it without a rate, and since Prometheus 3 a range of one interval never has one.",
    fix: "Make `over` at least four times the scrape interval.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    let least = Duration(model.project.scrape.0.saturating_mul(4));
    for signal in model.services.iter().flat_map(|s| s.signals.values()) {
        let Some(window) = signal.kind.window().filter(|w| w.length < least) else { continue };
        let message = format!("`{}` looks back {}, less than four scrapes ({least})", signal.key, window.length);
        problems.push(Problem::error(&CODE, window.span, message).help(format!("write `over: {least}` or more")));
    }
}
