//! Samples under which a signal takes the values of a ramp.

use super::labels::{Labels, satisfying};
use super::ramp::Ramp;
use super::series::{Counter, Run, Series};
use super::{Moments, Proof, clear_value};
use crate::model::{Guard, Kind};
use crate::promql::{Amount, Matcher, Selector};
use crate::units::Duration;

/// What is fed in for one alert, and the labels its signal then has.
pub(super) struct Fed {
    pub(super) list: Vec<Series>,
    pub(super) alert_labels: Labels,
}

/// Steps that are fed after the signal is back.
const TAIL: usize = 6;

/// `guards` come with whether they hold. Nothing if one that must not hold is part of the signal.
pub(super) fn series(
    proof: &Proof<'_, '_>,
    instance: &str,
    ramp: &Ramp,
    moments: Moments,
    guards: &[(&Guard, bool)],
) -> Option<Fed> {
    let feeder = Feeder { proof, instance, ramp, moments };
    let mut list = feeder.signal();
    for (guard, holds) in guards {
        let known = list.iter().any(|s| s.metric == guard.selector.metric);
        match (known, holds) {
            (true, true) => continue,
            (true, false) => return None,
            (false, _) => {}
        }
        let value = clear_value(guard.op, guard.bound, *holds);
        list.push(Series {
            metric: guard.selector.metric.clone(),
            labels: feeder.labels(&guard.selector, &[]),
            runs: vec![Run::line(value, 0.0, feeder.end())],
        });
    }
    let of_signal = &proof.origin.signal.labels;
    let first = list.first().map(|s| s.labels.clone()).unwrap_or_default();
    let alert_labels = first.into_iter().filter(|(name, _)| of_signal.contains(name)).collect();
    Some(Fed { list, alert_labels })
}

struct Feeder<'a, 'p, 'm> {
    proof: &'a Proof<'p, 'm>,
    instance: &'a str,
    ramp: &'a Ramp,
    moments: Moments,
}

impl Feeder<'_, '_, '_> {
    fn end(&self) -> usize {
        self.moments.healed + TAIL
    }

    fn labels(&self, selector: &Selector, broken: &[&Matcher]) -> Labels {
        satisfying(self.proof.world, selector, self.instance, broken)
    }

    fn one(&self, selector: &Selector, runs: Vec<Run>) -> Vec<Series> {
        vec![Series { metric: selector.metric.clone(), labels: self.labels(selector, &[]), runs }]
    }

    fn signal(&self) -> Vec<Series> {
        match &self.proof.origin.signal.kind {
            Kind::Value(of) | Kind::Magnitude(of) => self.one(of, self.levels(|value| value)),
            Kind::Age(of) => self.one(of, self.ages()),
            Kind::Rate { of, .. } => self.one(of, self.counter(self.step_seconds())),
            Kind::Increase { of, .. } => self.one(of, self.counter(1.0 / self.window() as f64)),
            Kind::Ratio { part, whole, .. } => self.ratio(part, whole),
            Kind::Share { free, part, whole } => self.share(*free, part, whole),
            Kind::Forecast { of, ahead, .. } => self.one(of, self.slope(*ahead)),
            // Has a timeline of its own.
            Kind::Absent(_) => Vec::new(),
        }
    }

    fn step_seconds(&self) -> f64 {
        self.proof.clock.evaluation().as_seconds()
    }

    fn window(&self) -> usize {
        self.proof.window_steps().max(1)
    }

    /// A gauge: before, beyond, before.
    fn levels(&self, value: impl Fn(f64) -> f64) -> Vec<Run> {
        let Moments { cross, back, .. } = self.moments;
        let (before, beyond) = (value(self.ramp.before), value(self.ramp.beyond));
        vec![
            Run::line(before, 0.0, cross),
            Run::line(beyond, 0.0, back - cross),
            Run::line(before, 0.0, self.end() - back),
        ]
    }

    /// A time stamp that moves along with the clock, so that its age stands still. Time starts at zero.
    fn ages(&self) -> Vec<Run> {
        let step = self.step_seconds();
        let Moments { cross, back, .. } = self.moments;
        let from = |at: usize, age: f64, count| Run::line(at as f64 * step - age, step, count);
        vec![
            from(0, self.ramp.before, cross),
            from(cross, self.ramp.beyond, back - cross),
            from(back, self.ramp.before, self.end() - back),
        ]
    }

    /// A counter whose growth over any range that contains the crossing is at once beyond the bound: what the samples
    /// before the crossing lack is poured in at the crossing.
    fn counter(&self, per_step: f64) -> Vec<Run> {
        let Moments { cross, back, .. } = self.moments;
        let (before, beyond) = (self.ramp.before * per_step, self.ramp.beyond * per_step);
        let kick = self.window() as f64 * (beyond - before);
        Counter::new()
            .grow(before, cross)
            .grow(beyond + kick, 1)
            .grow(beyond, back - cross - 1)
            .grow(before, self.end() - back)
            .runs()
    }

    /// Counters of a part and of a whole. At the crossing and on the way back so much happens in one step that it
    /// outweighs all else in the range.
    fn ratio(&self, part: &Selector, whole: &Selector) -> Vec<Series> {
        let heavy = 1000.0 * self.window() as f64;
        let Moments { cross, back, .. } = self.moments;
        let grow = |share: fn(f64) -> f64| {
            let (before, beyond) = (share(self.ramp.before), share(self.ramp.beyond));
            let counter = Counter::new().grow(before, cross).grow(beyond * heavy, 1).grow(beyond, back - cross - 1);
            counter.grow(before * heavy, 1).grow(before, self.end() - back - 1).runs()
        };
        let mut list = self.one(part, grow(|share| share));
        if part.metric != whole.metric {
            list.extend(self.one(whole, grow(|_| 1.0)));
            return list;
        }
        // The rest of the whole is what one of the part's own matchers does not let through.
        let own: Vec<&Matcher> = part.matchers.iter().filter(|m| !whole.matchers.contains(m)).take(1).collect();
        let labels = self.labels(part, &own);
        list.push(Series { metric: whole.metric.clone(), labels, runs: grow(|share| 1.0 - share) });
        list
    }

    fn share(&self, free: bool, part: &Amount, whole: &Amount) -> Vec<Series> {
        // As large as a disk or the memory of a large machine: conditions on the size hold.
        let total: f64 = 1e12;
        let of_share = |share: f64| (if free { (1.0 - share) * total } else { share * total }).round();
        let solve = |share: f64| {
            let mut known: Vec<(&Selector, f64)> = Vec::new();
            // The simpler side first: it leaves no choice, and the other can follow it.
            let mut sides = [(part, of_share(share)), (whole, total)];
            sides.sort_by_key(|(amount, _)| amount.len());
            sides.iter().for_each(|(amount, target)| reach(amount, *target, &mut known));
            known
        };
        let (before, beyond) = (solve(self.ramp.before), solve(self.ramp.beyond));
        let pairs = before.iter().zip(&beyond);
        let Moments { cross, back, .. } = self.moments;
        pairs
            .map(|((selector, before), (_, beyond))| {
                let runs = vec![
                    Run::line(*before, 0.0, cross),
                    Run::line(*beyond, 0.0, back - cross),
                    Run::line(*before, 0.0, self.end() - back),
                ];
                Series { metric: selector.metric.clone(), labels: self.labels(selector, &[]), runs }
            })
            .collect()
    }

    /// A straight line that, drawn on for `ahead`, meets the bound between two evaluations; then a leap after which any
    /// line through the samples leads far away from the bound.
    fn slope(&self, ahead: Duration) -> Vec<Run> {
        if self.ramp.is_flat() {
            return vec![Run::line(self.ramp.before, 0.0, self.end())];
        }
        let (step, ahead) = (self.step_seconds(), ahead.as_seconds());
        let per_second = if self.ramp.is_upward() { 1e6 } else { -1e6 };
        let Moments { cross, back, .. } = self.moments;
        // The forecast at evaluation i is start + (i * step + ahead) * per_second; half a step before `cross` it is the bound.
        let start = self.ramp.bound() - ((cross as f64 - 0.5) * step + ahead) * per_second;
        let away = start - per_second * 1e10;
        vec![Run::line(start, per_second * step, back), Run::line(away, 0.0, self.end() - back)]
    }
}

/// Gives the selectors of a sum values that add up to `target`, leaving known ones alone.
fn reach<'s>(amount: &'s Amount, target: f64, known: &mut Vec<(&'s Selector, f64)>) {
    let value_of = |selector: &Selector, known: &[(&Selector, f64)]| {
        known.iter().find(|(s, _)| s.metric == selector.metric && s.matchers == selector.matchers).map(|(_, v)| *v)
    };
    let mut sum: f64 = 0.0;
    let mut open = Vec::new();
    for term in amount {
        match value_of(&term.selector, known) {
            Some(value) => sum += if term.negative { -value } else { value },
            None => open.push(term),
        }
    }
    if let [only] = open.as_slice() {
        let value = if only.negative { sum - target } else { target - sum };
        known.push((&only.selector, value));
        return;
    }
    // What is subtracted is as large as what is there already: free space as large as what may be used of it.
    let subtracted = sum.max(0.0);
    for term in open.iter().filter(|t| t.negative) {
        known.push((&term.selector, subtracted));
        sum -= subtracted;
    }
    let mut rest = target - sum;
    for term in open.iter().filter(|t| !t.negative) {
        known.push((&term.selector, rest));
        rest = 0.0;
    }
}
