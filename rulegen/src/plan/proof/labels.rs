//! Labels that satisfy what a selector asks for.

use super::super::ServicePlan;
use super::series::{Run, Series};
use crate::model::Kind;
use crate::promql::{Matcher, Op, Selector};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Labels = BTreeMap<String, String>;

/// One value for each of `names` that passes the selector and fails every matcher in `broken`.
pub(super) fn satisfying(
    plan: &ServicePlan<'_>,
    selector: &Selector,
    names: &BTreeSet<String>,
    instance: &str,
    broken: &[&Matcher],
) -> Labels {
    let asked: Vec<&Matcher> = selector.matchers.iter().chain(&plan.service.select).collect();
    let own: BTreeSet<&String> = asked.iter().map(|m| &m.label).collect();
    let mut labels = Labels::new();
    for name in names.iter().chain(own) {
        if name == "instance" {
            labels.insert(name.clone(), instance.to_owned());
            continue;
        }
        let of_label: Vec<&Matcher> =
            asked.iter().copied().filter(|m| m.label == *name && !broken.contains(m)).collect();
        let against: Vec<&Matcher> = broken.iter().copied().filter(|m| m.label == *name).collect();
        let candidates = candidates(name, &of_label, &against);
        let fits =
            |value: &&String| of_label.iter().all(|m| m.matches(value)) && against.iter().all(|m| !m.matches(value));
        // An empty value is the same as no label.
        if let Some(value) = candidates.iter().find(fits).filter(|v| !v.is_empty()) {
            labels.insert(name.clone(), value.clone());
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
pub(super) fn what_must_be_there(plan: &ServicePlan<'_>, there: &[Series]) -> Vec<Series> {
    let length = there.iter().map(length).max().unwrap_or(1);
    let mut added: Vec<Series> = Vec::new();
    for origin in plan.alerts.iter().filter_map(|rule| rule.origin) {
        if let Kind::Absent(selector) = &origin.signal.kind {
            let labels = satisfying(plan, selector, &origin.signal.labels, "present", &[]);
            let labels: Labels = labels.into_iter().chain([("instance".to_owned(), "present".to_owned())]).collect();
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
