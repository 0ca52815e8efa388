//! Proofs: series for which each alert fires exactly after its `for`, stays silent just on the other side of its number,
//! and ends when the signal returns. One timeline holds many alerts, each on an instance of its own, because a test tool
//! evaluates every rule once per timeline.

mod assign;
mod labels;
mod ramp;
mod series;

pub(crate) use series::{Run, Series};

use super::rules::{AlertRule, Origin};
use super::{Clock, ServicePlan};
use crate::catalog::Catalog;
use crate::model::{Guard, Kind, WATCHDOG};
use crate::promql::Compare;
use crate::units::{Base, Duration};
use labels::{Labels, World};
use ramp::Ramp;

/// A timeline with what is fed in and what must come out.
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) series: Vec<Series>,
    pub(crate) expectations: Vec<Expectation>,
}

/// What the alerts picked by `matchers` are at one step.
pub(crate) struct Expectation {
    pub(crate) step: usize,
    pub(crate) matchers: Vec<(String, String)>,
    /// Nothing, or one alert in this state with exactly these labels.
    pub(crate) outcome: Option<(State, Labels)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Firing,
}

/// The moments of one proof, in evaluations from the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    /// The bound is crossed.
    cross: usize,
    /// `for` is over.
    fire: usize,
    /// The signal starts back.
    back: usize,
    /// The signal is back for certain.
    healed: usize,
}

/// All proofs of one service: what shares a timeline, then alerts that need series to vanish.
pub(super) fn proofs(plan: &ServicePlan<'_>, clock: Clock, catalog: &Catalog) -> Vec<Scene> {
    let world = World { plan, catalog };
    let mut shared =
        Scene { name: "each alert on an instance of its own".to_owned(), series: Vec::new(), expectations: Vec::new() };
    let mut vanishing = Vec::new();
    for rule in &plan.alerts {
        match rule.origin {
            None => shared.expectations.push(watchdog(rule)),
            Some(Origin { signal, .. }) if matches!(signal.kind, Kind::Absent(_)) => {
                vanishing.push(absent(world, rule, clock));
            }
            Some(origin) => {
                let proof = Proof { world, rule, origin, clock };
                proof.add_to(&mut shared);
            }
        }
    }
    shared.series.extend(labels::what_must_be_there(world, &shared.series));
    let ready = !shared.expectations.is_empty();
    ready.then_some(shared).into_iter().chain(vanishing).collect()
}

struct Proof<'a, 'm> {
    world: World<'a>,
    rule: &'a AlertRule<'m>,
    origin: Origin<'m>,
    clock: Clock,
}

impl Proof<'_, '_> {
    fn add_to(&self, scene: &mut Scene) {
        let severity = &self.origin.level.severity;
        let instance = format!("{}-{severity}", self.rule.name);
        let ramp = self.ramp();
        let moments = self.moments(&ramp);
        let guards: Vec<(&Guard, bool)> = self.origin.signal.guards.iter().map(|g| (g, true)).collect();
        let Some(series) = assign::series(self, &instance, &ramp, moments, &guards) else { return };
        let firing = self.labels(&series.alert_labels);
        scene.series.extend(series.list);
        let at = |step, outcome| Expectation { step, matchers: self.matchers(&instance), outcome };
        scene.expectations.push(at(moments.cross - 1, None));
        if moments.fire > moments.cross {
            scene.expectations.push(at(moments.fire - 1, Some((State::Pending, firing.clone()))));
        }
        scene.expectations.push(at(moments.fire, Some((State::Firing, firing.clone()))));
        scene.expectations.push(at(moments.back - 1, Some((State::Firing, firing))));
        scene.expectations.push(at(moments.healed, None));
        self.add_guards(scene, &instance, &ramp, moments);
        self.add_healthy(scene);
    }

    /// For each condition: the same crossing while the condition does not hold stays silent.
    fn add_guards(&self, scene: &mut Scene, instance: &str, ramp: &Ramp, moments: Moments) {
        for index in 0..self.origin.signal.guards.len() {
            let guards: Vec<(&Guard, bool)> =
                self.origin.signal.guards.iter().enumerate().map(|(i, g)| (g, i != index)).collect();
            let instance = format!("{instance}-condition-{}", index + 1);
            // A condition on a series that the signal itself reads cannot be broken without changing the signal.
            let Some(series) = assign::series(self, &instance, ramp, moments, &guards) else { continue };
            scene.series.extend(series.list);
            scene.expectations.push(Expectation {
                step: moments.fire,
                matchers: self.matchers(&instance),
                outcome: None,
            });
        }
    }

    fn matchers(&self, instance: &str) -> Vec<(String, String)> {
        let severity = self.origin.level.severity.clone();
        vec![
            ("alertname".to_owned(), self.rule.name.to_owned()),
            ("instance".to_owned(), instance.to_owned()),
            ("severity".to_owned(), severity),
        ]
    }

    fn labels(&self, series: &Labels) -> Labels {
        alert_labels(self.rule, series)
    }

    fn ramp(&self) -> Ramp {
        let bound = &self.origin.level.bound;
        let exact = matches!(self.origin.signal.kind, Kind::Value(_) | Kind::Magnitude(_));
        Ramp::across(bound.op, bound.value, self.origin.signal.unit.base, exact, self.window_steps())
    }

    /// Evaluations that the range of the signal spans.
    fn window_steps(&self) -> usize {
        let window = self.origin.signal.kind.window().map_or(Duration(0), |w| self.clock.look_back(w.length));
        steps(window, self.clock)
    }

    fn moments(&self, ramp: &Ramp) -> Moments {
        let (hold, range) = (steps(self.rule.hold, self.clock), self.window_steps());
        // A straight line is the same line in every part of its range.
        let window = if matches!(self.origin.signal.kind, Kind::Forecast { .. }) { 2 } else { range };
        // Silent for longer than `for`, with a full range behind it, before anything happens.
        let cross = hold + window + 3;
        let fire = cross + hold;
        // What was poured into the range at the crossing must have left it before the way back starts.
        let back = cross + hold.max(window) + 4;
        let slow = matches!(self.origin.signal.kind, Kind::Rate { .. } | Kind::Increase { .. }) && !ramp.is_flat();
        Moments { cross, fire, back, healed: if slow { back + window + 2 } else { back } }
    }

    /// A host on which this signal is well.
    fn add_healthy(&self, scene: &mut Scene) {
        let bound = &self.origin.level.bound;
        let instance = format!("{}-{}-healthy", self.rule.name, self.origin.level.severity);
        let ramp = Ramp::level(healthy_value(bound.op, bound.value));
        let moments = self.moments(&ramp);
        let guards: Vec<(&Guard, bool)> = self.origin.signal.guards.iter().map(|g| (g, true)).collect();
        let Some(series) = assign::series(self, &instance, &ramp, moments, &guards) else { return };
        scene.series.extend(series.list);
        scene.expectations.push(Expectation { step: moments.fire, matchers: self.matchers(&instance), outcome: None });
    }
}

fn steps(duration: Duration, clock: Clock) -> usize {
    usize::try_from(duration.0.div_ceil(clock.evaluation().0.max(1))).unwrap_or(usize::MAX).min(1_000_000)
}

/// Labels of an alert: those of its series, then those of its rule, which win.
fn alert_labels(rule: &AlertRule<'_>, series: &Labels) -> Labels {
    let mut labels = series.clone();
    labels.insert("alertname".to_owned(), rule.name.to_owned());
    labels.extend(rule.labels.iter().cloned());
    labels
}

fn watchdog(rule: &AlertRule<'_>) -> Expectation {
    let matchers = vec![("alertname".to_owned(), WATCHDOG.to_owned())];
    Expectation { step: 0, matchers, outcome: Some((State::Firing, alert_labels(rule, &Labels::new()))) }
}

/// A series that ends, stays away and comes back.
fn absent(world: World<'_>, rule: &AlertRule<'_>, clock: Clock) -> Scene {
    let hold = steps(rule.hold, clock);
    let (cross, fire) = (hold + 3, hold + 3 + hold);
    let back = fire + 4;
    let mut series = Vec::new();
    let mut stated = Labels::new();
    if let Some(Origin { signal, .. }) = rule.origin
        && let Kind::Absent(selector) = &signal.kind
    {
        let labels = labels::satisfying(world, selector, "proof", &[]);
        stated = labels
            .iter()
            .filter(|(name, _)| signal.labels.contains(*name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let runs = vec![Run::line(1.0, 0.0, cross), Run::Stale, Run::Missing(back - cross - 1), Run::line(1.0, 0.0, 4)];
        series.push(Series { metric: selector.metric.clone(), labels, runs });
    }
    let firing = alert_labels(rule, &stated);
    let matchers = || {
        let severity = rule.labels.iter().filter(|(name, _)| name == "severity").cloned();
        std::iter::once(("alertname".to_owned(), rule.name.to_owned())).chain(severity).collect::<Vec<_>>()
    };
    let at = |step, outcome| Expectation { step, matchers: matchers(), outcome };
    let mut expectations = vec![at(cross - 1, None)];
    if hold > 0 {
        expectations.push(at(fire - 1, Some((State::Pending, firing.clone()))));
    }
    expectations.push(at(fire, Some((State::Firing, firing))));
    expectations.push(at(back, None));
    Scene { name: format!("{}: the series vanishes", rule.name), series, expectations }
}

/// A value for which a comparison holds (or does not), well away from its bound.
pub(super) fn clear_value(op: Compare, bound: f64, holds: bool) -> f64 {
    let step = if bound == 0.0 { 1.0 } else { bound.abs() / 2.0 };
    let candidates = [bound, bound + step, bound - step];
    candidates.into_iter().find(|value| op.holds(*value, bound) == holds).unwrap_or(bound)
}

/// A value that is far from its bound on the good side.
fn healthy_value(op: Compare, bound: f64) -> f64 {
    let step = if bound == 0.0 { 1.0 } else { bound.abs() / 2.0 };
    [bound - step, bound + step, bound].into_iter().find(|value| !op.holds(*value, bound)).unwrap_or(bound)
}

/// What counts as a little of something when the bound itself is zero.
fn little(base: Base) -> f64 {
    match base {
        Base::Bytes => 1e6,
        Base::Ratio | Base::Seconds => 1e-3,
        _ => 1.0,
    }
}
