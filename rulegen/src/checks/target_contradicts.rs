//! A target and an alert that can be true at once.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::{Bound, Model};

pub(super) static CODE: Code = Code {
    id: "R0406",
    name: "target-contradicts",
    meaning: "The alert fires while the signal still meets its target.",
    fix: "Put the bound on the far side of the target, or correct the target.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for alert in model.services.iter().flat_map(|s| &s.alerts) {
        let Some(target) = &alert.target else { continue };
        for level in alert.levels.iter().filter(|l| overlap(target, &l.bound)) {
            let message = format!("`{}` fires while its target is met", alert.name.value);
            let problem = Problem::error(&CODE, level.bound.span, message).label("fires here");
            problems.push(problem.see(target.span, "and this is the target"));
        }
    }
}

fn overlap(target: &Bound, bound: &Bound) -> bool {
    if (target.op.is_upper() && bound.op.is_upper()) || (target.op.is_lower() && bound.op.is_lower()) {
        return true;
    }
    (target.op.is_lower() && bound.op.is_upper() && bound.value < target.value)
        || (target.op.is_upper() && bound.op.is_lower() && bound.value > target.value)
}
