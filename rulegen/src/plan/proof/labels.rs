//! Labels that satisfy what a selector asks for.

use super::super::ServicePlan;
use super::series::{Run, Series};
use crate::catalog::Catalog;
use crate::model::Kind;
use crate::promql::{Matcher, Op, Selector};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::{BTreeMap, BTreeSet};

/// What proofs are made from: what must be proven, and what exporters send.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) plan: &'a ServicePlan<'a>,
    pub(super) catalog: &'a Catalog,
}

pub(crate) type Labels = BTreeMap<String, String>;

/// What the exporter sends for this selector: all labels of the metric, with values that pass the selector and fail
/// every matcher in `broken`.
pub(super) fn satisfying(world: World<'_>, selector: &Selector, instance: &str, broken: &[&Matcher]) -> Labels {
    let asked: Vec<&Matcher> = selector.matchers.iter().chain(&world.plan.service.select).collect();
    let mut names: BTreeSet<&str> = asked.iter().map(|m| m.label.as_str()).collect();
    names.extend(["instance", "job"]);
    let metric = world.catalog.get(&selector.metric);
    names.extend(metric.iter().flat_map(|m| &m.labels).map(String::as_str));
    let mut labels = Labels::new();
    for name in names {
        if name == "instance" {
            labels.insert(name.to_owned(), instance.to_owned());
            continue;
        }
        let of_label: Vec<&Matcher> =
            asked.iter().copied().filter(|m| m.label == name && !broken.contains(m)).collect();
        let against: Vec<&Matcher> = broken.iter().copied().filter(|m| m.label == name).collect();
        let candidates = candidates(name, &of_label, &against);
        let fits =
            |value: &&String| of_label.iter().all(|m| m.matches(value)) && against.iter().all(|m| !m.matches(value));
        // An empty value is the same as no label.
        if let Some(value) = candidates.iter().find(fits).filter(|v| !v.is_empty()) {
            labels.insert(name.to_owned(), value.clone());
        }
    }
    labels
}

fn candidates(name: &str, of_label: &[&Matcher], against: &[&Matcher]) -> Vec<String> {
    let mut list = Vec::new();
    for matcher in of_label.iter().chain(against) {
        match matcher.op {
            Op::Equal | Op::NotEqual => list.push(matcher.value.clone()),
            Op::Matches | Op::MatchesNot => list.extend(example(&matcher.value)),
        }
    }
    list.extend([name, "proof", "x", "0", ""].map(str::to_owned));
    list
}

/// A short text that a pattern matches.
fn example(pattern: &str) -> Option<String> {
    let mut out = String::new();
    spell(&regex_syntax::parse(pattern).ok()?, &mut out);
    Some(out)
}

fn spell(hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            // A printable one, where there is a choice.
            let ranges = class.ranges();
            let printable = ranges.iter().find(|r| r.end() >= '0').map(|r| r.start().max('0'));
            out.extend(printable.or_else(|| ranges.first().map(|r| r.start())));
        }
        HirKind::Class(Class::Bytes(class)) => out.extend(class.ranges().first().map(|r| char::from(r.start()))),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min.min(64) {
                spell(&repetition.sub, out);
            }
        }
        HirKind::Capture(capture) => spell(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| spell(part, out)),
        HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| spell(part, out)),
    }
}

/// Alerts on missing series stay silent on a shared timeline only if those series are there.
pub(super) fn what_must_be_there(world: World<'_>, there: &[Series]) -> Vec<Series> {
    let length = there.iter().map(length).max().unwrap_or(1);
    let mut added: Vec<Series> = Vec::new();
    for origin in world.plan.alerts.iter().filter_map(|rule| rule.origin) {
        if let Kind::Absent(selector) = &origin.signal.kind {
            let labels = satisfying(world, selector, "present", &[]);
            if added.iter().all(|s| s.metric != selector.metric) {
                added.push(Series { metric: selector.metric.clone(), labels, runs: vec![Run::line(1.0, 0.0, length)] });
            }
        }
    }
    added
}

fn length(series: &Series) -> usize {
    let of = |run: &Run| match run {
        Run::Line { count, .. } | Run::Missing(count) => *count,
        Run::Stale => 1,
    };
    series.runs.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn examples_match_their_pattern() {
        for pattern in ["idle|iowait", "5..", "a+b*c?", "[a-c]{2}x", "(ab|cd)e", "fuse[.].*", "\\d\\d", ""] {
            let text = example(pattern).expect(pattern);
            assert!(
                regex::Regex::new(&format!("^(?:{pattern})$")).expect(pattern).is_match(&text),
                "{pattern}: {text}"
            );
        }
    }
}
