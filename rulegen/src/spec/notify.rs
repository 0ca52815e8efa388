//! Who hears of what and when, as written.

use super::decode::{Fields, shape};
use super::service::not_yet;
use super::yaml::{At, Entries, Node};
use crate::diagnostic::{Diagnostics, MISSING_KEY, Problem};

#[derive(Debug)]
pub(crate) struct SeveritySpec {
    pub(crate) name: At<String>,
    pub(crate) about: Option<At<String>>,
    pub(crate) notify: Vec<At<String>>,
    pub(crate) repeat: Option<At<String>>,
    pub(crate) group_wait: Option<At<String>>,
    pub(crate) group_interval: Option<At<String>>,
    /// One message per this long, with everything in it.
    pub(crate) digest: Option<At<String>>,
    /// A window outside of which nobody is told.
    pub(crate) during: Option<At<String>>,
    /// `muted` (as if unsaid) or `notified` while a quiet window is open.
    pub(crate) in_quiet: Option<At<String>>,
}

pub(super) fn severity(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<SeveritySpec> {
    let mut fields = Fields::open(node, "a severity", problems)?;
    let spec = SeveritySpec {
        name,
        about: fields.text("about"),
        notify: fields.texts("notify"),
        repeat: fields.text("repeat"),
        group_wait: fields.text("group_wait"),
        group_interval: fields.text("group_interval"),
        digest: fields.text("digest"),
        during: fields.text("during"),
        in_quiet: fields.text("in_quiet"),
    };
    not_yet(&mut fields, "escalate", "escalations");
    fields.close();
    Some(spec)
}

/// Kinds and their settings stay raw: which exist is the business of the model's table of kinds.
#[derive(Debug)]
pub(crate) struct ReceiverSpec {
    pub(crate) name: At<String>,
    pub(crate) kinds: Vec<(At<String>, Entries)>,
}

pub(super) fn receiver(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<ReceiverSpec> {
    let span = node.span;
    let mut fields = Fields::open(node, "a receiver", problems)?;
    let mut kinds = Vec::new();
    for (kind, settings) in fields.rest() {
        match settings.value {
            Node::Map(entries) => kinds.push((kind, entries)),
            other => fields.problems.push(shape(settings.span, &kind.value, "a mapping of settings", &other)),
        }
    }
    if kinds.is_empty() {
        let message = format!("the receiver `{}` does not say how it is reached", name.value);
        fields.problems.push(Problem::error(&MISSING_KEY, span, message));
    }
    Some(ReceiverSpec { name, kinds })
}

#[derive(Debug)]
pub(crate) struct WindowSpec {
    pub(crate) name: At<String>,
    pub(crate) days: Option<At<String>>,
    pub(crate) hours: Option<At<String>>,
    pub(crate) zone: Option<At<String>>,
}

pub(super) fn window(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<WindowSpec> {
    let mut fields = Fields::open(node, "a window", problems)?;
    let spec = WindowSpec { name, days: fields.text("days"), hours: fields.text("hours"), zone: fields.text("zone") };
    fields.close();
    Some(spec)
}

#[derive(Debug)]
pub(crate) struct QuietSpec {
    pub(crate) every: At<String>,
    pub(crate) hours: Option<At<String>>,
    pub(crate) zone: Option<At<String>>,
}

pub(super) fn quiet(node: At<Node>, problems: &mut Diagnostics) -> Option<QuietSpec> {
    let mut fields = Fields::open(node, "a quiet window", problems)?;
    let (every, hours, zone) = (fields.need_text("every"), fields.text("hours"), fields.text("zone"));
    fields.close();
    Some(QuietSpec { every: every?, hours, zone })
}

/// The alert that always fires: who misses it knows that the alerting itself is dead.
#[derive(Debug)]
pub(crate) struct WatchdogSpec {
    pub(crate) notify: Vec<At<String>>,
    pub(crate) repeat: Option<At<String>>,
    pub(crate) meaning: Option<At<String>>,
    pub(crate) action: Option<At<String>>,
}

pub(super) fn watchdog(node: At<Node>, problems: &mut Diagnostics) -> Option<WatchdogSpec> {
    let mut fields = Fields::open(node, "the watchdog", problems)?;
    let mut spec =
        WatchdogSpec { notify: fields.texts("notify"), repeat: fields.text("repeat"), meaning: None, action: None };
    if let Some(mut book) = fields.need("runbook").and_then(|n| Fields::open(n, "a runbook", fields.problems)) {
        spec.meaning = book.need_text("meaning");
        spec.action = book.need_text("action");
        book.close();
    }
    fields.close();
    Some(spec)
}
