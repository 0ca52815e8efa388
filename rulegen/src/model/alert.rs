//! Alerts with their bounds per severity, and the words people get.

use super::Lowering;
use super::bound::{self, Bound};
use super::names::{Names, find_signal};
use crate::diagnostic::{MISSING_KEY, Problem, Span, UNKNOWN_SEVERITY, did_you_mean};
use crate::spec::{AlertSpec, At, text};

#[derive(Debug)]
pub(crate) struct Alert {
    pub(crate) name: At<String>,
    pub(crate) guide_id: Option<At<String>>,
    /// Key of its signal.
    pub(crate) signal: String,
    pub(crate) target: Option<Bound>,
    pub(crate) summary: Summary,
    pub(crate) meaning: String,
    pub(crate) action: String,
    /// Most severe first.
    pub(crate) levels: Vec<Level>,
}

#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) severity: String,
    pub(crate) bound: Bound,
}

/// A summary taken apart: literal text and what is filled in when the alert fires.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) parts: Vec<(Part, Span)>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Part {
    Text(String),
    Value,
    Bound,
    Label(String),
    /// Something in braces that means nothing here.
    Unknown(String),
}

pub(super) fn lower(spec: AlertSpec, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Option<Alert> {
    let signal = spec.signal.as_ref().and_then(|at| find_signal(at, names, lowering));
    let mut levels = Vec::new();
    let mut written = 0;
    for (severity, node) in spec.levels {
        let Some(rank) = names.severities.iter().position(|s| *s == severity.value) else {
            unknown_severity(&severity, &spec.known_keys, names, lowering);
            continue;
        };
        written += 1;
        let Some(text) = text(node, &severity.value, lowering.problems) else { continue };
        let bound = signal.and_then(|s| bound::bound(&text, s.unit, "the bound", lowering));
        levels.extend(bound.map(|bound| (rank, Level { severity: severity.value, bound })));
    }
    if written == 0 && !names.severities.is_empty() {
        let message = format!("the alert `{}` has no bound", spec.name.value);
        let help = format!("add one per severity, such as `{}: \"> 80% for 5m\"`", names.severities.join("` or `"));
        lowering.push(Problem::error(&MISSING_KEY, spec.name.span, message).help(help));
    }
    levels.sort_by_key(|(rank, _)| *rank);
    let signal = signal?;
    let target = spec.target.and_then(|t| bound::bound(&t, signal.unit, "the target", lowering));
    Some(Alert {
        signal: signal.key.clone(),
        target,
        summary: summary(&spec.summary?),
        meaning: spec.meaning?.value.trim().to_owned(),
        action: spec.action?.value.trim().to_owned(),
        levels: levels.into_iter().map(|(_, level)| level).collect(),
        guide_id: spec.guide_id,
        name: spec.name,
    })
}

fn unknown_severity(key: &At<String>, keys: &[&str], names: &Names<'_>, lowering: &mut Lowering<'_>) {
    let known = keys.iter().copied().chain(names.severities.iter().map(String::as_str));
    let help =
        did_you_mean(&key.value, known).unwrap_or_else(|| format!("severities: {}", names.severities.join(", ")));
    let message = format!("`{}` is neither a key of an alert nor a severity", key.value);
    lowering.push(Problem::error(&UNKNOWN_SEVERITY, key.span, message).help(help));
}

fn is_word(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(word)
}

/// `{value} of {labels.mountpoint} in use` → parts. A brace without a partner is text.
fn summary(at: &At<String>) -> Summary {
    let mut parts = Vec::new();
    let mut offset = 0;
    let mut rest = at.value.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push((Part::Text(before.to_owned()), at.part(offset..offset + before.len())));
        }
        let start = offset + before.len();
        let end = start + inside.len() + 2;
        let part = match inside.split_once('.') {
            _ if inside == "value" => Part::Value,
            _ if inside == "bound" => Part::Bound,
            Some(("labels", label)) => Part::Label(label.to_owned()),
            // Braces around anything but a word are somebody's text.
            _ if !is_word(inside) => Part::Text(format!("{{{inside}}}")),
            _ => Part::Unknown(inside.to_owned()),
        };
        parts.push((part, at.part(start..end)));
        offset = end;
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push((Part::Text(rest.to_owned()), at.part(offset..at.value.len())));
    }
    Summary { parts }
}
