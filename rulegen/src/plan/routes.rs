//! Who is told: a tree of routes, the windows that mute them, and which alert makes which other one superfluous.

use super::Clock;
use crate::model::{Model, Receiver, Service, Severity, WATCHDOG, Window};
use crate::promql::{Matcher, Op};
use crate::units::Duration;
use std::collections::BTreeSet;

/// Everything about delivery.
pub(crate) struct Routing<'m> {
    /// Who gets what no route claims. Losing an alert in silence is the one thing that must not happen.
    pub(crate) fallback: String,
    pub(crate) routes: Vec<Route>,
    pub(crate) receivers: Vec<Audience<'m>>,
    pub(crate) windows: Vec<(String, &'m Window)>,
    pub(crate) inhibitions: Vec<Inhibition>,
}

pub(crate) struct Route {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) receiver: String,
    pub(crate) group_by: Vec<String>,
    pub(crate) timing: Option<Timing>,
    pub(crate) muted_in: Vec<String>,
    pub(crate) active_in: Vec<String>,
    pub(crate) routes: Vec<Route>,
}

pub(crate) struct Timing {
    pub(crate) wait: Duration,
    pub(crate) interval: Duration,
    pub(crate) repeat: Duration,
}

/// Receivers that are told together.
pub(crate) struct Audience<'m> {
    pub(crate) name: String,
    pub(crate) members: Vec<&'m Receiver>,
    /// Gravest first, for tools with severities of their own.
    pub(crate) severities: Vec<&'m str>,
}

/// The graver of two severities of one alert silences the milder one.
pub(crate) struct Inhibition {
    pub(crate) service: String,
    pub(crate) grave: String,
    pub(crate) mild: String,
    pub(crate) equal: Vec<String>,
}

/// Nothing where no service notifies anybody.
pub(super) fn routing(model: &Model, clock: Clock) -> Option<Routing<'_>> {
    let mut routes = Vec::new();
    let mut receivers: Vec<Audience<'_>> = Vec::new();
    let mut windows = Vec::new();
    let mut inhibitions = Vec::new();
    for service in &model.services {
        let Some(route) = service_route(service, clock) else { continue };
        routes.push(route);
        let of_severities = service.severities.iter().map(|s| &s.notify);
        for names in of_severities.chain(service.watchdog.iter().map(|w| &w.notify)).filter(|n| !n.is_empty()) {
            let audience = audience(service, names);
            if receivers.iter().all(|known| known.name != audience.name) {
                receivers.push(audience);
            }
        }
        let named = service.windows.values().chain(&service.quiet);
        windows.extend(named.map(|window| (scoped(service, &window.name), window)));
        inhibitions.extend(self::inhibitions(service));
    }
    let fallback = routes.first().map(|route: &Route| route.receiver.clone())?;
    Some(Routing { fallback, routes, receivers, windows, inhibitions })
}

/// Names of one service do not meet those of another.
fn scoped(service: &Service, name: &str) -> String {
    format!("{}/{name}", service.name.value)
}

fn audience_name(service: &Service, names: &[String]) -> String {
    scoped(service, &names.join("+"))
}

fn audience<'m>(service: &'m Service, names: &[String]) -> Audience<'m> {
    Audience {
        name: audience_name(service, names),
        members: names.iter().filter_map(|name| service.receivers.get(name)).collect(),
        severities: service.severities.iter().map(|s| s.name.value.as_str()).collect(),
    }
}

fn service_route(service: &Service, clock: Clock) -> Option<Route> {
    // The mildest severity's audience also gets what has no severity of ours: read, but nobody's night.
    let mildest = service.severities.iter().rev().find(|s| !s.notify.is_empty())?;
    let mut routes = Vec::new();
    routes.extend(service.watchdog.as_ref().map(|watchdog| Route {
        matchers: vec![Matcher::new("alertname", Op::Equal, WATCHDOG)],
        receiver: audience_name(service, &watchdog.notify),
        group_by: vec!["alertname".to_owned(), "service".to_owned()],
        timing: Some(Timing {
            wait: Duration(0),
            interval: clock.wait(watchdog.repeat),
            repeat: clock.wait(watchdog.repeat),
        }),
        muted_in: Vec::new(),
        active_in: Vec::new(),
        routes: Vec::new(),
    }));
    let notifying = service.severities.iter().filter(|s| !s.notify.is_empty());
    routes.extend(notifying.map(|severity| severity_route(service, severity, clock)));
    Some(Route {
        matchers: vec![Matcher::new("service", Op::Equal, service.name.value.clone())],
        receiver: audience_name(service, &mildest.notify),
        group_by: vec!["alertname".to_owned(), "service".to_owned()],
        timing: None,
        muted_in: Vec::new(),
        active_in: Vec::new(),
        routes,
    })
}

/// Windows stand at every severity that keeps them: a route does not hand them down, and the root takes none.
fn severity_route(service: &Service, severity: &Severity, clock: Clock) -> Route {
    let group_by = if severity.digest { ["service", "severity"] } else { ["alertname", "service"] };
    let muted_in = service.quiet.iter().filter(|_| severity.muted_in_quiet).map(|w| scoped(service, &w.name));
    Route {
        matchers: vec![Matcher::new("severity", Op::Equal, severity.name.value.clone())],
        receiver: audience_name(service, &severity.notify),
        group_by: group_by.map(str::to_owned).to_vec(),
        timing: Some(Timing {
            wait: clock.wait(severity.group_wait),
            interval: clock.wait(severity.group_interval),
            repeat: clock.wait(severity.repeat),
        }),
        muted_in: muted_in.collect(),
        active_in: severity.during.iter().map(|name| scoped(service, name)).collect(),
        routes: Vec::new(),
    }
}

fn inhibitions(service: &Service) -> Vec<Inhibition> {
    let mut labels = BTreeSet::from(["alertname".to_owned(), "service".to_owned()]);
    let mut pairs = BTreeSet::new();
    let rank = |name: &str| service.severities.iter().position(|s| s.name.value == name);
    for alert in &service.alerts {
        for (index, grave) in alert.levels.iter().enumerate() {
            for mild in alert.levels.iter().skip(index + 1) {
                pairs.insert((rank(&grave.severity), rank(&mild.severity), &grave.severity, &mild.severity));
                // Two alerts of one name carry the same labels, so a label that one lacks the other lacks too: listing
                // the labels of all signals joins no two that differ.
                labels.extend(service.signals.get(&alert.signal).into_iter().flat_map(|s| s.labels.iter().cloned()));
            }
        }
    }
    let equal: Vec<String> = labels.into_iter().collect();
    let rules = pairs.into_iter().map(|(_, _, grave, mild)| Inhibition {
        service: service.name.value.clone(),
        grave: grave.clone(),
        mild: mild.clone(),
        equal: equal.clone(),
    });
    rules.collect()
}
