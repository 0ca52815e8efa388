//! PromQL as values: an expression is built, never pasted together, and printed with the parentheses its shape needs.

mod print;
mod selector;

pub(crate) use selector::{
    Amount, Failure, Matcher, Op, Selector, parse_amount, parse_condition, parse_matchers, parse_selector,
};

use crate::units::Duration;

/// The part of PromQL that is emitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Number(f64),
    /// `name{…}`, or `name{…}[range]`. The range is text because a dashboard's is a variable.
    Select {
        name: String,
        matchers: Vec<Matcher>,
        range: Option<RangeOf>,
    },
    Call {
        function: &'static str,
        arguments: Vec<Expr>,
    },
    Aggregate {
        function: &'static str,
        by: Vec<String>,
        of: Box<Expr>,
    },
    Binary {
        op: Binary,
        left: Box<Expr>,
        right: Box<Expr>,
        on: Option<Vec<String>>,
    },
}

/// How far back a range selector looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RangeOf {
    Fixed(Duration),
    /// Grafana's own, which follows the zoom.
    Screen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    And,
    Compare(Compare),
    Add,
    Subtract,
    Divide,
}

/// The comparison of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

/// Longest spelling first, so that `>=` is not read as `>`.
pub(crate) const COMPARES: [(&str, Compare); 6] = [
    (">=", Compare::GreaterOrEqual),
    ("<=", Compare::LessOrEqual),
    ("==", Compare::Equal),
    ("!=", Compare::NotEqual),
    (">", Compare::Greater),
    ("<", Compare::Less),
];

impl Compare {
    pub(crate) fn symbol(self) -> &'static str {
        COMPARES.iter().find(|(_, c)| *c == self).map_or("", |(s, _)| *s)
    }

    /// True for `>` and `>=`: more is worse.
    pub(crate) fn is_upper(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual)
    }

    pub(crate) fn is_lower(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }

    pub(crate) fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Greater => value > bound,
            Self::GreaterOrEqual => value >= bound,
            Self::Less => value < bound,
            Self::LessOrEqual => value <= bound,
            Self::Equal => value == bound,
            Self::NotEqual => value != bound,
        }
    }
}

impl Expr {
    pub(crate) fn call(function: &'static str, arguments: impl Into<Vec<Expr>>) -> Self {
        Self::Call { function, arguments: arguments.into() }
    }

    pub(crate) fn sum(by: Vec<String>, of: Self) -> Self {
        Self::Aggregate { function: "sum", by, of: Box::new(of) }
    }

    pub(crate) fn binary(op: Binary, left: Self, right: Self) -> Self {
        Self::Binary { op, left: Box::new(left), right: Box::new(right), on: None }
    }

    pub(crate) fn compare(self, op: Compare, bound: f64) -> Self {
        Self::binary(Binary::Compare(op), self, Self::Number(bound))
    }

    /// Keeps the series of `self` that have a partner in `condition`; `on` only where label sets differ.
    pub(crate) fn and(self, condition: Self, on: Option<Vec<String>>) -> Self {
        Self::Binary { op: Binary::And, left: Box::new(self), right: Box::new(condition), on }
    }
}
