//! A bound that its signal can never cross, or always has crossed.

use crate::catalog::Range;
use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::{Bound, Model, Signal};
use crate::promql::Compare;
use crate::units::Base;

pub(super) static CODE: Code = Code {
    id: "R0401",
    name: "threshold-out-of-range",
    meaning: "The signal can never cross the bound, or always has: the alert would never fire, or never stop.",
    fix: "Move the bound into the range of the signal. A share is at most 100%, written `80%` or `0.8`.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for service in &model.services {
        for alert in &service.alerts {
            let Some(signal) = service.signals.get(&alert.signal) else { continue };
            for level in &alert.levels {
                problems_of(signal, &level.bound, problems);
            }
        }
    }
}

fn problems_of(signal: &Signal, bound: &Bound, problems: &mut Diagnostics) {
    let verdict = if never(bound, signal.range) {
        "never"
    } else if always(bound, signal.range) {
        "always"
    } else {
        return;
    };
    let show = |value| signal.unit.show(value);
    let message = format!("`{}` is {verdict} {} {}", signal.key, bound.op.symbol(), show(bound.value));
    let range = match (signal.range.low.is_finite(), signal.range.high.is_finite()) {
        (true, true) => format!("it lies between {} and {}", show(signal.range.low), show(signal.range.high)),
        (true, false) => format!("it is never below {}", show(signal.range.low)),
        _ => format!("it is never above {}", show(signal.range.high)),
    };
    let mut problem = Problem::error(&CODE, bound.span, message).label(range);
    if signal.unit.base == Base::Ratio && bound.value > 1.0 && bound.value <= 100.0 {
        problem = problem.help(format!("did you mean `{} {}%`?", bound.op.symbol(), bound.value));
    }
    problems.push(problem);
}

fn never(bound: &Bound, range: Range) -> bool {
    match bound.op {
        Compare::Greater => bound.value >= range.high,
        Compare::GreaterOrEqual => bound.value > range.high,
        Compare::Less => bound.value <= range.low,
        Compare::LessOrEqual => bound.value < range.low,
        Compare::Equal => bound.value < range.low || bound.value > range.high,
        Compare::NotEqual => false,
    }
}

fn always(bound: &Bound, range: Range) -> bool {
    match bound.op {
        Compare::Greater => bound.value < range.low,
        Compare::GreaterOrEqual => bound.value <= range.low,
        Compare::Less => bound.value > range.high,
        Compare::LessOrEqual => bound.value >= range.high,
        Compare::Equal => false,
        Compare::NotEqual => bound.value < range.low || bound.value > range.high,
    }
}
