//! An alert as written.

use super::decode::Fields;
use super::yaml::{At, Node};
use crate::diagnostic::Diagnostics;

#[derive(Debug)]
pub(crate) struct AlertSpec {
    pub(crate) name: At<String>,
    pub(crate) guide_id: Option<At<String>>,
    pub(crate) signal: Option<At<String>>,
    pub(crate) target: Option<At<String>>,
    pub(crate) summary: Option<At<String>>,
    pub(crate) meaning: Option<At<String>>,
    pub(crate) action: Option<At<String>>,
    /// Every other key is a severity with its bound; only the next stage knows which severities exist.
    pub(crate) levels: Vec<(At<String>, At<Node>)>,
    pub(crate) known_keys: Vec<&'static str>,
}

pub(super) fn decode(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<AlertSpec> {
    let mut fields = Fields::open(node, "an alert", problems)?;
    let signal = fields.need_text("signal");
    let summary = fields.need_text("summary");
    let (mut meaning, mut action) = (None, None);
    if let Some(mut book) = fields.need("runbook").and_then(|n| Fields::open(n, "a runbook", fields.problems)) {
        meaning = book.need_text("meaning");
        action = book.need_text("action");
        book.close();
    }
    Some(AlertSpec {
        name,
        signal,
        summary,
        meaning,
        action,
        guide_id: fields.text("guide_id"),
        target: fields.text("target"),
        levels: fields.rest(),
        known_keys: fields.asked().to_vec(),
    })
}
