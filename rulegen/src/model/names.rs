//! Names that one part of a spec uses from another: found, or reported with what was probably meant.

use super::{Lowering, Signal};
use crate::diagnostic::{Problem, UNKNOWN_RECEIVER, UNKNOWN_SIGNAL, did_you_mean};
use crate::spec::At;
use indexmap::{IndexMap, IndexSet};

/// The names that one part of a spec can use from another.
pub(super) struct Names<'a> {
    pub(super) signals: &'a IndexMap<String, Signal>,
    /// Signals that exist but could not be typed: naming one is not a second mistake.
    pub(super) broken: &'a IndexSet<String>,
    pub(super) severities: &'a [String],
    pub(super) receivers: &'a [String],
    pub(super) windows: &'a [String],
}

/// The signal of this name.
pub(super) fn find_signal<'n>(at: &At<String>, names: &Names<'n>, lowering: &mut Lowering<'_>) -> Option<&'n Signal> {
    if let Some(signal) = names.signals.get(&at.value) {
        return Some(signal);
    }
    // A signal that exists but could not be typed has been reported where it stands.
    if !names.broken.contains(&at.value) {
        let known = names.signals.keys().map(String::as_str).chain(names.broken.iter().map(String::as_str));
        let mut known: Vec<&str> = known.collect();
        known.sort_unstable();
        let of_pack = |name: &&&str| name.rsplit('.').next() == Some(at.value.as_str());
        let help = did_you_mean(&at.value, known.iter().copied())
            .or_else(|| known.iter().find(of_pack).map(|name| format!("did you mean `{name}`?")))
            .unwrap_or_else(|| format!("known signals: {}", known.join(", ")));
        let message = format!("no signal is called `{}`", at.value);
        lowering.push(Problem::error(&UNKNOWN_SIGNAL, at.span, message).help(help));
    }
    None
}

/// Receivers by name; those that do not exist are reported.
pub(super) fn receivers(list: Vec<At<String>>, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for name in list {
        if names.receivers.contains(&name.value) {
            found.push(name.value);
            continue;
        }
        let help = did_you_mean(&name.value, names.receivers.iter().map(String::as_str))
            .unwrap_or_else(|| format!("receivers: {}", names.receivers.join(", ")));
        let message = format!("no receiver is called `{}`", name.value);
        lowering.push(Problem::error(&UNKNOWN_RECEIVER, name.span, message).help(help));
    }
    found
}
