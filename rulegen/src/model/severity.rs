//! A severity is a policy: who is told, how often, and what quiet windows mean for it.

use super::Lowering;
use super::bound::duration;
use super::names::{Names, receivers};
use crate::diagnostic::{Problem, UNKNOWN_WINDOW, WRONG_SHAPE, did_you_mean};
use crate::spec::{At, SeveritySpec};
use crate::units::Duration;

#[derive(Debug)]
pub(crate) struct Severity {
    pub(crate) name: At<String>,
    pub(crate) about: Option<String>,
    pub(crate) notify: Vec<String>,
    pub(crate) repeat: Duration,
    pub(crate) group_wait: Duration,
    pub(crate) group_interval: Duration,
    /// One message with everything in it, instead of one per alert.
    pub(crate) digest: bool,
    pub(crate) during: Option<String>,
    pub(crate) muted_in_quiet: bool,
    /// False when the spec names receivers of which none could be found: reported there, not again.
    pub(crate) names_receivers: bool,
}

pub(super) fn lower(spec: SeveritySpec, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Severity {
    let digest = duration(spec.digest.as_ref(), lowering);
    let group_interval = duration(spec.group_interval.as_ref(), lowering).unwrap_or(Duration::seconds(300));
    let names_receivers = !spec.notify.is_empty();
    Severity {
        about: spec.about.map(|a| a.value),
        notify: receivers(spec.notify, names, lowering),
        repeat: digest.or_else(|| duration(spec.repeat.as_ref(), lowering)).unwrap_or(Duration::seconds(4 * 3600)),
        group_wait: duration(spec.group_wait.as_ref(), lowering).unwrap_or(Duration::seconds(30)),
        group_interval: digest.unwrap_or(group_interval),
        digest: digest.is_some(),
        during: spec.during.and_then(|w| window(w, names, lowering)),
        muted_in_quiet: muted(spec.in_quiet.as_ref(), lowering),
        name: spec.name,
        names_receivers,
    }
}

fn window(name: At<String>, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Option<String> {
    if names.windows.contains(&name.value) {
        return Some(name.value);
    }
    let help = did_you_mean(&name.value, names.windows.iter().map(String::as_str))
        .unwrap_or_else(|| format!("windows: {}", names.windows.join(", ")));
    let message = format!("no window is called `{}`", name.value);
    lowering.push(Problem::error(&UNKNOWN_WINDOW, name.span, message).help(help));
    None
}

fn muted(text: Option<&At<String>>, lowering: &mut Lowering<'_>) -> bool {
    match text.map(|t| t.value.as_str()) {
        None | Some("muted") => true,
        Some("notified") => false,
        Some(other) => {
            let message = format!("`{other}`: while a quiet window is open, alerts are `muted` or `notified`");
            if let Some(at) = text {
                lowering.push(Problem::error(&WRONG_SHAPE, at.span, message));
            }
            true
        }
    }
}
