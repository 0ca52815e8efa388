//! Both sides of a bound: as near as a proof must come, so that a bound moved by one percent is noticed.

use super::little;
use crate::promql::Compare;
use crate::units::Base;

/// How near, as a part of the bound. Moving the bound by 1 % puts it on the far side of one of the two values.
const NEAR: f64 = 0.0025;

/// A signal's value before, and after it crossed its bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    pub(crate) before: f64,
    pub(crate) beyond: f64,
    bound: f64,
}

impl Ramp {
    /// `exact` where no arithmetic stands between the series and the comparison: then the bound itself is one of the
    /// two values, and `>` is told from `>=`. A long `window` of a counter must be crossed in one leap, so its two
    /// values lie closer together.
    pub(super) fn across(op: Compare, bound: f64, base: Base, exact: bool, window: usize) -> Self {
        let part = NEAR.min(0.3 / window.max(1) as f64);
        let gap = if bound == 0.0 { little(base) } else { bound.abs() * part };
        let other = if base == Base::Bool { 1.0 - bound } else { bound + gap.max(1.0) };
        let at = |offset: f64| if exact { bound } else { bound + offset };
        let (before, beyond) = match op {
            Compare::Greater => (at(-gap), bound + gap),
            Compare::GreaterOrEqual => (bound - gap, at(gap)),
            Compare::Less => (at(gap), bound - gap),
            Compare::LessOrEqual => (bound + gap, at(-gap)),
            Compare::Equal => (other, bound),
            Compare::NotEqual => (bound, other),
        };
        Self { before, beyond, bound }
    }

    /// A signal that never moves.
    pub(super) fn level(value: f64) -> Self {
        Self { before: value, beyond: value, bound: value }
    }

    pub(super) fn bound(&self) -> f64 {
        self.bound
    }

    pub(super) fn is_upward(&self) -> bool {
        self.beyond > self.before
    }

    pub(super) fn is_flat(&self) -> bool {
        self.beyond == self.before
    }
}
