//! A repeat that Alertmanager silently stretches.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;

pub(super) static CODE: Code = Code {
    id: "R0411",
    name: "repeat-too-short",
    meaning: "`repeat` is shorter than `group_interval`, the rhythm in which messages leave at all: it would be stretched in silence.",
    fix: "Make `repeat` at least as long as `group_interval` (5m unless set), or shorten that too.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for severity in model.services.iter().flat_map(|s| &s.severities) {
        if severity.repeat < severity.group_interval {
            let message = format!(
                "`{}` repeats every {}, but its messages leave at most every {}",
                severity.name.value, severity.repeat, severity.group_interval
            );
            problems.push(Problem::error(&CODE, severity.name.span, message));
        }
    }
}
