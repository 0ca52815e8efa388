//! A graver severity that fires earlier than a milder one.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::{Level, Model};

pub(super) static CODE: Code = Code {
    id: "R0402",
    name: "severity-order",
    meaning: "Of two severities of one alert, the graver one has the weaker bound: it fires first, and the milder one never says anything of its own.",
    fix: "Swap the bounds, or the severities. Severities are listed gravest first.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for alert in model.services.iter().flat_map(|s| &s.alerts) {
        for pair in alert.levels.windows(2) {
            let [grave, mild] = pair else { continue };
            if let Some(why) = disorder(grave, mild) {
                let message = format!("{} of `{}` {why} {}", grave.severity, alert.name.value, mild.severity);
                let problem =
                    Problem::error(&CODE, grave.bound.span, message).label(format!("{}, the graver", grave.severity));
                problems.push(problem.see(mild.bound.span, mild.severity.clone()));
            }
        }
    }
}

fn disorder(grave: &Level, mild: &Level) -> Option<&'static str> {
    let (one, other) = (&grave.bound, &mild.bound);
    if one.op.is_upper() != other.op.is_upper() || one.op.is_lower() != other.op.is_lower() {
        return Some("looks in another direction than");
    }
    let weaker = (one.op.is_upper() && one.value < other.value) || (one.op.is_lower() && one.value > other.value);
    if weaker {
        return Some("is weaker than");
    }
    (one.op == other.op && one.value == other.value && one.hold <= other.hold).then_some("leaves nothing for")
}
