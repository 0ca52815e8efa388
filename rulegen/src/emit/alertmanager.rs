//! The configuration of Alertmanager: one file for all services, because it has one tree of routes.

use super::receivers::settings;
use super::{Artifact, yaml};
use crate::model::{Interval, Window, day_name};
use crate::plan::{Inhibition, Plan, Route};
use crate::promql::Matcher;
use serde::Serialize;
use serde_json::{Map, Value};
use serde_yaml::FlowSeq;

#[derive(Serialize)]
struct Config {
    route: Tree,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<Inhibit>,
    receivers: Vec<Map<String, Value>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_intervals: Vec<Named>,
}

#[derive(Serialize)]
struct Tree {
    receiver: String,
    group_by: FlowSeq<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matchers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mute_time_intervals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    active_time_intervals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Tree>,
}

#[derive(Serialize)]
struct Inhibit {
    source_matchers: Vec<String>,
    target_matchers: Vec<String>,
    equal: FlowSeq<Vec<String>>,
}

#[derive(Serialize)]
struct Named {
    name: String,
    time_intervals: Vec<Span>,
}

#[derive(Serialize)]
struct Span {
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<Vec<Times>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weekdays: Option<FlowSeq<Vec<&'static str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_of_month: Option<Vec<String>>,
    location: String,
}

#[derive(Serialize)]
struct Times {
    start_time: String,
    end_time: String,
}

pub(super) fn run(plan: &Plan<'_>) -> Vec<Artifact> {
    let Some(routing) = &plan.routing else { return Vec::new() };
    let config = Config {
        route: Tree {
            receiver: routing.fallback.clone(),
            group_by: FlowSeq(vec!["alertname".to_owned(), "service".to_owned()]),
            matchers: Vec::new(),
            group_wait: None,
            group_interval: None,
            repeat_interval: None,
            mute_time_intervals: Vec::new(),
            active_time_intervals: Vec::new(),
            routes: routing.routes.iter().map(tree).collect(),
        },
        inhibit_rules: routing.inhibitions.iter().map(inhibit).collect(),
        receivers: routing.receivers.iter().map(|audience| settings(audience, plan.deliver_to.as_deref())).collect(),
        time_intervals: routing.windows.iter().map(|(name, window)| named(name, window)).collect(),
    };
    let from: Vec<&str> = plan.services.iter().map(|s| s.service.path.as_str()).collect();
    let path = format!("{}/alertmanager.yml", plan.model.project.out_rules);
    vec![Artifact {
        path,
        text: yaml::document(plan, &from, &format!("Alertmanager {}", plan.model.project.alertmanager), &config),
    }]
}

fn tree(route: &Route) -> Tree {
    let timing = route.timing.as_ref();
    Tree {
        receiver: route.receiver.clone(),
        group_by: FlowSeq(route.group_by.clone()),
        matchers: route.matchers.iter().map(Matcher::to_string).collect(),
        group_wait: timing.map(|t| t.wait.to_string()),
        group_interval: timing.map(|t| t.interval.to_string()),
        repeat_interval: timing.map(|t| t.repeat.to_string()),
        mute_time_intervals: route.muted_in.clone(),
        active_time_intervals: route.active_in.clone(),
        routes: route.routes.iter().map(tree).collect(),
    }
}

fn inhibit(rule: &Inhibition) -> Inhibit {
    let matchers = |severity: &str| {
        let equal = |label: &str, value: &str| Matcher::new(label, crate::promql::Op::Equal, value).to_string();
        vec![equal("service", &rule.service), equal("severity", severity)]
    };
    Inhibit {
        source_matchers: matchers(&rule.grave),
        target_matchers: matchers(&rule.mild),
        equal: FlowSeq(rule.equal.clone()),
    }
}

fn named(name: &str, window: &Window) -> Named {
    Named {
        name: name.to_owned(),
        time_intervals: window.intervals.iter().map(|interval| span(interval, &window.zone)).collect(),
    }
}

fn span(interval: &Interval, zone: &str) -> Span {
    let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let (start, end) = interval.minutes;
    let times = vec![Times { start_time: clock(start), end_time: clock(end) }];
    let weekdays: Vec<&str> = interval.weekdays.iter().map(|day| day_name(*day)).collect();
    Span {
        times: ((start, end) != (0, 24 * 60)).then_some(times),
        weekdays: (!weekdays.is_empty()).then_some(FlowSeq(weekdays)),
        days_of_month: interval.days_of_month.map(|(from, to)| vec![format!("{from}:{to}")]),
        location: zone.to_owned(),
    }
}
