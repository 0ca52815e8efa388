//! From a typed signal to the expression that computes it.

use super::Clock;
use crate::model::{Guard, Kind, Service, Signal};
use crate::promql::{Amount, Binary, Expr, Matcher, Op, RangeOf, Selector};
use crate::units::Duration;

/// For whom an expression is built.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View {
    /// A rule, which looks at all instances of the service.
    Rule(Clock),
    /// A dashboard, which looks at what the viewer picked.
    Screen,
}

/// The series under which a signal is recorded: service, signal, and what the number is.
pub(crate) fn recorded_name(service: &Service, signal: &Signal) -> String {
    let plain = |text: &str| text.replace(['-', '.'], "_");
    let kind = match signal.kind {
        Kind::Rate { .. } => "rate",
        Kind::Increase { .. } => "increase",
        Kind::Ratio { .. } | Kind::Share { .. } => "ratio",
        Kind::Forecast { .. } => "forecast",
        _ => "value",
    };
    format!("{}:{}:{kind}", plain(&service.name.value), plain(&signal.key))
}

/// The value of a signal as alerts and panels read it: recorded where that saves work.
pub(crate) fn expression(service: &Service, signal: &Signal, view: View) -> Expr {
    if !signal.is_recorded() {
        return computed(service, signal, view);
    }
    let matchers = match view {
        View::Rule(_) => Vec::new(),
        View::Screen => screen_matchers(),
    };
    Expr::Select { name: recorded_name(service, signal), matchers, range: None }
}

/// The expression of a signal from the series of the exporter.
pub(crate) fn computed(service: &Service, signal: &Signal, view: View) -> Expr {
    let series = |selector: &Selector, over: Option<Duration>| select(service, selector, over, view);
    match &signal.kind {
        Kind::Value(of) => series(of, None),
        Kind::Magnitude(of) => Expr::call("abs", [series(of, None)]),
        Kind::Age(of) => Expr::binary(Binary::Subtract, Expr::call("time", []), series(of, None)),
        Kind::Absent(of) => Expr::call("absent", [series(of, None)]),
        Kind::Rate { of, over } => Expr::call("rate", [series(of, Some(over.length))]),
        Kind::Increase { of, over } => Expr::call("increase", [series(of, Some(over.length))]),
        Kind::Forecast { of, over, ahead } => {
            Expr::call("predict_linear", [series(of, Some(over.length)), Expr::Number(ahead.as_seconds())])
        }
        Kind::Ratio { part, whole, by, over } => {
            let sum = |of| Expr::sum(by.clone(), Expr::call("rate", [series(of, Some(over.length))]));
            Expr::binary(Binary::Divide, sum(part), sum(whole))
        }
        Kind::Share { free, part, whole } => {
            let share = Expr::binary(Binary::Divide, amount(part, series), amount(whole, series));
            if *free { Expr::binary(Binary::Subtract, Expr::Number(1.0), share) } else { share }
        }
    }
}

/// A condition of a signal.
pub(super) fn condition(service: &Service, guard: &Guard, view: View) -> Expr {
    select(service, &guard.selector, None, view).compare(guard.op, guard.bound)
}

fn amount(terms: &Amount, series: impl Fn(&Selector, Option<Duration>) -> Expr) -> Expr {
    let mut sum: Option<Expr> = None;
    for term in terms {
        let next = series(&term.selector, None);
        sum = Some(match sum {
            None => next,
            Some(sum) => Expr::binary(if term.negative { Binary::Subtract } else { Binary::Add }, sum, next),
        });
    }
    sum.unwrap_or(Expr::Number(0.0))
}

fn select(service: &Service, selector: &Selector, over: Option<Duration>, view: View) -> Expr {
    let mut matchers = match view {
        View::Rule(_) => service.select.clone(),
        View::Screen => {
            let others = service.select.iter().filter(|m| m.label != "job" && m.label != "instance").cloned();
            screen_matchers().into_iter().chain(others).collect()
        }
    };
    matchers.extend(selector.matchers.iter().cloned());
    let range = over.map(|length| match view {
        View::Rule(clock) => RangeOf::Fixed(clock.look_back(length)),
        View::Screen => RangeOf::Screen,
    });
    Expr::Select { name: selector.metric.clone(), matchers, range }
}

fn screen_matchers() -> Vec<Matcher> {
    vec![Matcher::new("job", Op::Matches, "$job"), Matcher::new("instance", Op::Matches, "$instance")]
}
