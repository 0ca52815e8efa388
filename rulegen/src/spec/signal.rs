//! A signal as written: one constructor and what refines it.

use super::decode::Fields;
use super::service::not_yet;
use super::yaml::{At, Node};
use crate::diagnostic::{Diagnostics, MISSING_KEY, Problem, WRONG_SHAPE};

#[derive(Debug)]
pub(crate) struct SignalSpec {
    pub(crate) name: At<String>,
    pub(crate) title: Option<At<String>>,
    /// What it measures, for panels and runbooks.
    pub(crate) about: Option<At<String>>,
    pub(crate) constructor: Constructor,
    /// Range of `rate`, `ratio`, `increase` and `forecast`.
    pub(crate) over: Option<At<String>>,
    pub(crate) by: Vec<At<String>>,
    /// Matchers for every selector of the signal.
    pub(crate) filter: Option<At<String>>,
    /// Conditions under which the signal says anything.
    pub(crate) when: Vec<At<String>>,
}

#[derive(Debug)]
pub(crate) enum Constructor {
    Value(At<String>),
    Magnitude(At<String>),
    Rate(At<String>),
    Increase(At<String>),
    Age(At<String>),
    Absent(At<String>),
    Ratio { part: At<String>, whole: At<String> },
    Share { part: ShareOf, whole: At<String> },
    Forecast { of: At<String>, ahead: At<String> },
}

/// A share is told by what is used or by what is left.
#[derive(Debug)]
pub(crate) enum ShareOf {
    Used(At<String>),
    Free(At<String>),
}

pub(super) fn decode(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<SignalSpec> {
    let mut fields = Fields::open(node, "a signal", problems)?;
    let constructor = constructor(&mut fields, &name);
    let spec = SignalSpec {
        title: fields.text("title"),
        about: fields.text("about"),
        over: fields.text("over"),
        by: fields.texts("by"),
        filter: fields.text("where"),
        when: fields.texts("when"),
        constructor: constructor?,
        name,
    };
    for key in ["quantile", "mean", "growth", "changes", "same_time_before", "promql", "at_least"] {
        not_yet(&mut fields, key, "signals of this kind");
    }
    fields.close();
    Some(spec)
}

/// Makes a constructor of one selector.
type Make = fn(At<String>) -> Constructor;

fn constructor(fields: &mut Fields<'_>, name: &At<String>) -> Option<Constructor> {
    let mut found: Vec<(&str, Constructor)> = Vec::new();
    let simple: [(&str, Make); 6] = [
        ("value", Constructor::Value),
        ("magnitude", Constructor::Magnitude),
        ("rate", Constructor::Rate),
        ("increase", Constructor::Increase),
        ("age", Constructor::Age),
        ("absent", Constructor::Absent),
    ];
    for (key, make) in simple {
        found.extend(fields.text(key).map(|of| (key, make(of))));
    }
    if let Some(part) = fields.text("ratio") {
        found.extend(fields.need_text("of").map(|whole| ("ratio", Constructor::Ratio { part, whole })));
    }
    if let Some(of) = fields.text("forecast") {
        found.extend(fields.need_text("ahead").map(|ahead| ("forecast", Constructor::Forecast { of, ahead })));
    }
    if let Some(node) = fields.take("share") {
        found.extend(share(node, fields.problems).map(|share| ("share", share)));
    }
    let mut kinds = found.iter().map(|(key, _)| *key);
    if let (Some(first), Some(second)) = (kinds.next(), kinds.next()) {
        let message = format!("the signal `{}` is made in two ways: `{first}` and `{second}`", name.value);
        fields.problems.push(Problem::error(&WRONG_SHAPE, name.span, message).help("keep one of them"));
        return None;
    }
    let known = ["value", "magnitude", "rate", "ratio", "share", "forecast", "age", "increase", "absent"];
    let later = ["quantile", "mean", "growth", "changes", "same_time_before", "promql"];
    let written = known.iter().chain(&later).any(|key| fields.written(key));
    if found.is_empty() && !written {
        let message = format!("the signal `{}` does not say what it measures", name.value);
        let help = format!("add one of {}", known.map(|k| format!("`{k}`")).join(", "));
        fields.problems.push(Problem::error(&MISSING_KEY, name.span, message).help(help));
    }
    found.pop().map(|(_, constructor)| constructor)
}

fn share(node: At<Node>, problems: &mut Diagnostics) -> Option<Constructor> {
    let mut fields = Fields::open(node, "`share`", problems)?;
    let used = fields.text("used").map(ShareOf::Used);
    let free = fields.text("free").map(ShareOf::Free);
    let whole = fields.need_text("of");
    let span = fields.span;
    if used.is_some() == free.is_some() {
        let message = "a share is told by what is `used` or by what is `free`, one of the two";
        fields.problems.push(Problem::error(&MISSING_KEY, span, message));
    }
    let part = used.or(free);
    fields.close();
    Some(Constructor::Share { part: part?, whole: whole? })
}
