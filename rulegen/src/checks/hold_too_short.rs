//! A `for` that no second sample can fall into.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;
use crate::units::Duration;

pub(super) static CODE: Code = Code {
    id: "R0404",
    name: "for-too-short",
    meaning: "`for` is shorter than the time between two scrapes or two evaluations, so it waits for nothing: the same sample is looked at again.",
    fix: "Make it at least one interval, or leave it out.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    let interval = model.project.scrape.max(model.project.evaluation);
    for level in model.services.iter().flat_map(|s| &s.alerts).flat_map(|a| &a.levels) {
        let hold = level.bound.hold;
        if hold > Duration(0) && hold < interval {
            let message = format!("`for {hold}` is shorter than the {interval} between two samples");
            let help = format!("write `for {interval}` or more, or leave it out");
            problems.push(Problem::error(&CODE, level.bound.hold_span, message).help(help));
        }
    }
}
