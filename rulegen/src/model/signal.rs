//! A signal: a named quantity with a unit, a range and the exact labels of its series.

use crate::catalog::Range;
use crate::diagnostic::Span;
use crate::promql::{Amount, Compare, Selector};
use crate::units::{Duration, Unit};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub(crate) struct Signal {
    /// `host.cpu_used`: as specs name it.
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) range: Range,
    pub(crate) labels: BTreeSet<String>,
    /// Conditions under which the signal says anything.
    pub(crate) guards: Vec<Guard>,
}

/// How a signal is computed.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Value(Selector),
    Magnitude(Selector),
    Rate {
        of: Selector,
        over: Window,
    },
    Increase {
        of: Selector,
        over: Window,
    },
    Age(Selector),
    Absent(Selector),
    /// Counters: the part of the whole, per instance and `by`.
    Ratio {
        part: Selector,
        whole: Selector,
        by: Vec<String>,
        over: Window,
    },
    /// Gauges: `part / whole`, or what is missing to one when `part` is what is free.
    Share {
        free: bool,
        part: Amount,
        whole: Amount,
    },
    Forecast {
        of: Selector,
        over: Window,
        ahead: Duration,
    },
}

/// A range and where it was written, if it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) length: Duration,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Guard {
    pub(crate) selector: Selector,
    pub(crate) op: Compare,
    pub(crate) bound: f64,
    /// Set where the labels differ from the signal's.
    pub(crate) on: Option<Vec<String>>,
}

impl Kind {
    /// Every selector that the signal reads, conditions not included.
    pub(crate) fn selectors(&self) -> Vec<&Selector> {
        match self {
            Self::Value(s) | Self::Magnitude(s) | Self::Age(s) | Self::Absent(s) => vec![s],
            Self::Rate { of, .. } | Self::Increase { of, .. } | Self::Forecast { of, .. } => {
                vec![of]
            }
            Self::Ratio { part, whole, .. } => vec![part, whole],
            Self::Share { part, whole, .. } => part.iter().chain(whole).map(|t| &t.selector).collect(),
        }
    }

    pub(crate) fn window(&self) -> Option<Window> {
        match self {
            Self::Rate { over, .. }
            | Self::Increase { over, .. }
            | Self::Ratio { over, .. }
            | Self::Forecast { over, .. } => Some(*over),
            _ => None,
        }
    }
}

impl Signal {
    /// True where the expression is more than one look at stored samples, and so worth recording.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(
            self.kind,
            Kind::Rate { .. } | Kind::Increase { .. } | Kind::Ratio { .. } | Kind::Share { .. } | Kind::Forecast { .. }
        )
    }
}
