//! One service: everything its spec means, with names resolved.

use super::alert::{self, Alert};
use super::board::{self, Board};
use super::bound::duration;
use super::names::{Names, receivers};
use super::receiver::{self, Receiver};
use super::severity::{self, Severity};
use super::signal::Signal;
use super::typing::{self, Scope};
use super::window::{self, Window};
use super::{Lowering, Project};
use crate::diagnostic::{BAD_NAME, DUPLICATE_NAME, Problem, UNKNOWN_PACK, did_you_mean};
use crate::promql::{Matcher, Op};
use crate::spec::{At, PackSpec, ServiceSpec, WatchdogSpec};
use crate::units::Duration;
use indexmap::{IndexMap, IndexSet};

pub(crate) struct Service {
    pub(crate) name: At<String>,
    pub(crate) title: String,
    pub(crate) team: Option<String>,
    pub(crate) path: String,
    /// Matchers of every series of this service.
    pub(crate) select: Vec<Matcher>,
    pub(crate) collectors: Vec<String>,
    pub(crate) signals: IndexMap<String, Signal>,
    pub(crate) alerts: Vec<Alert>,
    /// Most severe first.
    pub(crate) severities: Vec<Severity>,
    pub(crate) receivers: IndexMap<String, Receiver>,
    pub(crate) windows: IndexMap<String, Window>,
    pub(crate) quiet: Vec<Window>,
    pub(crate) watchdog: Option<Watchdog>,
    pub(crate) boards: Vec<Board>,
}

/// The alert that always fires. Its name is fixed, because the route beside it asks for it.
pub(crate) const WATCHDOG: &str = "Watchdog";

#[derive(Debug)]
pub(crate) struct Watchdog {
    pub(crate) notify: Vec<String>,
    pub(crate) repeat: Duration,
    pub(crate) meaning: String,
    pub(crate) action: String,
}

pub(super) fn lower(
    spec: ServiceSpec,
    packs: &[PackSpec],
    project: &Project,
    lowering: &mut Lowering<'_>,
) -> Option<Service> {
    let select: Vec<Matcher> = spec
        .select
        .iter()
        .map(|(label, value)| Matcher::new(label.value.clone(), Op::Equal, value.value.clone()))
        .collect();
    for (label, _) in &spec.select {
        name_is_plain(label, "a label", false, lowering);
    }
    let (signals, broken) = signals(&spec, packs, &select, lowering);
    let severity_names: Vec<String> = spec.severities.iter().map(|s| s.name.value.clone()).collect();
    let receiver_names: Vec<String> = spec.receivers.iter().map(|r| r.name.value.clone()).collect();
    let window_names: Vec<String> = spec.windows.iter().map(|w| w.name.value.clone()).collect();
    let names = Names {
        signals: &signals,
        broken: &broken,
        severities: &severity_names,
        receivers: &receiver_names,
        windows: &window_names,
    };
    spec.alerts.iter().for_each(|a| name_is_plain(&a.name, "an alert", false, lowering));
    spec.severities.iter().for_each(|s| name_is_plain(&s.name, "a severity", true, lowering));
    spec.receivers.iter().for_each(|r| name_is_plain(&r.name, "a receiver", true, lowering));
    spec.windows.iter().for_each(|w| name_is_plain(&w.name, "a window", true, lowering));
    let alerts = spec.alerts.into_iter().filter_map(|a| alert::lower(a, &names, lowering)).collect();
    let severities = spec.severities.into_iter().map(|s| severity::lower(s, &names, lowering)).collect();
    let watchdog = spec.watchdog.and_then(|w| watchdog(w, &names, lowering));
    let boards = spec.boards.into_iter().map(|b| board::lower(b, &names, lowering)).collect();
    let receivers = spec.receivers.into_iter().map(|r| receiver::lower(r, project, lowering));
    let receivers = receivers.map(|r| (r.name.value.clone(), r)).collect();
    let windows = spec.windows.into_iter().filter_map(|w| window::named(w, lowering));
    let windows = windows.map(|w| (w.name.clone(), w)).collect();
    let quiet = spec.quiet.into_iter().filter_map(|q| window::quiet(q, lowering)).collect();
    let name = spec.service?;
    name_is_plain(&name, "a service", true, lowering);
    Some(Service {
        title: spec.title.map_or_else(|| name.value.clone(), |t| t.value),
        team: spec.team.map(|t| t.value),
        path: spec.path,
        collectors: spec.collectors.into_iter().map(|c| c.value).collect(),
        name,
        select,
        signals,
        alerts,
        severities,
        receivers,
        windows,
        quiet,
        watchdog,
        boards,
    })
}

/// Names become labels, file names and parts of metric names: anything else would break one of them.
fn name_is_plain(name: &At<String>, what: &str, dash: bool, lowering: &mut Lowering<'_>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || (dash && c == '-');
    let starts = name.value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.value.chars().all(plain) || name.value.len() > 64 {
        let dash = if dash { ", `-`" } else { "" };
        let message = format!("the name of {what} is letters, digits, `_`{dash}, at most 64, starting with a letter");
        lowering.push(Problem::error(&BAD_NAME, name.span, message));
    }
}

fn signals(
    spec: &ServiceSpec,
    packs: &[PackSpec],
    select: &[Matcher],
    lowering: &mut Lowering<'_>,
) -> (IndexMap<String, Signal>, IndexSet<String>) {
    let mut signals = IndexMap::new();
    let mut broken = IndexSet::new();
    for name in &spec.uses {
        let Some(pack) = packs.iter().find(|p| p.name.value == name.value) else {
            let known: Vec<&str> = packs.iter().map(|p| p.name.value.as_str()).collect();
            let help = did_you_mean(&name.value, known.iter().copied())
                .unwrap_or_else(|| format!("packs: {}", known.join(", ")));
            let message = format!("the library has no pack `{}`", name.value);
            lowering.push(Problem::error(&UNKNOWN_PACK, name.span, message).help(help));
            continue;
        };
        let prefix = format!("{}.", pack.name.value);
        let scope = Scope { prefix: &prefix, select };
        for signal in &pack.signals {
            match typing::signal(signal, &scope, lowering) {
                Some(signal) => drop(signals.insert(signal.key.clone(), signal)),
                None => drop(broken.insert(format!("{prefix}{}", signal.name.value))),
            }
        }
    }
    let scope = Scope { prefix: "", select };
    for signal in &spec.signals {
        name_is_plain(&signal.name, "a signal", false, lowering);
        match typing::signal(signal, &scope, lowering) {
            Some(signal) => drop(signals.insert(signal.key.clone(), signal)),
            None => drop(broken.insert(signal.name.value.clone())),
        }
    }
    let mut slugs: IndexMap<String, &Signal> = IndexMap::new();
    for signal in signals.values() {
        // Recorded names have no dot: `host.cpu` and `host_cpu` would become one series.
        if let Some(first) = slugs.insert(signal.key.replace('.', "_"), signal) {
            let message = format!("`{}` and `{}` would be recorded under one name", first.key, signal.key);
            lowering
                .problems
                .push(Problem::error(&DUPLICATE_NAME, signal.span, message).see(first.span, "the first one"));
        }
    }
    (signals, broken)
}

fn watchdog(spec: WatchdogSpec, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Option<Watchdog> {
    let repeat = duration(spec.repeat.as_ref(), lowering).unwrap_or(Duration::seconds(300));
    let notify = receivers(spec.notify, names, lowering);
    Some(Watchdog {
        notify,
        repeat,
        meaning: spec.meaning?.value.trim().to_owned(),
        action: spec.action?.value.trim().to_owned(),
    })
}
