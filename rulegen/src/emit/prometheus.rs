//! Rule files for Prometheus.

use super::{Artifact, yaml};
use crate::plan::{Piece, Plan, ServicePlan};
use crate::units::{Base, Duration, Unit};
use indexmap::IndexMap;
use serde::Serialize;
use serde_yaml::LitString;

#[derive(Serialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    interval: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rule {
    /// Without labels of its own: one more label and the series would no longer pair with those of the exporter.
    Recording { record: String, expr: LitString },
    Alerting {
        alert: String,
        expr: LitString,
        #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
        labels: IndexMap<String, String>,
        annotations: IndexMap<String, Text>,
    },
}

/// Several lines are easier to read as a block; what a block cannot carry faithfully stays quoted.
#[derive(Serialize)]
#[serde(untagged)]
enum Text {
    Line(String),
    Block(LitString),
}

impl Text {
    fn of(text: String) -> Self {
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{feff}' || c == '\u{2028}' || c == '\u{2029}';
        let plain = !text.starts_with(char::is_whitespace) && !text.contains(odd);
        if plain && text.contains('\n') { Self::Block(LitString(text)) } else { Self::Line(text) }
    }
}

pub(super) fn run(plan: &Plan<'_>) -> Vec<Artifact> {
    plan.services.iter().map(|service| file(plan, service)).collect()
}

fn file(plan: &Plan<'_>, service: &ServicePlan<'_>) -> Artifact {
    let name = &service.service.name.value;
    // One group: its rules run in order, so an alert reads what was recorded at the same moment.
    let group = if plan.clock.is_drill() { format!("{name}-drill") } else { name.clone() };
    let mut rules = Vec::new();
    for recording in &service.recordings {
        rules.push(Rule::Recording { record: recording.name.clone(), expr: LitString(recording.expr.pretty()) });
    }
    for alert in &service.alerts {
        rules.push(Rule::Alerting {
            alert: alert.name.to_owned(),
            expr: LitString(alert.expr.pretty()),
            hold: (alert.hold > Duration(0)).then(|| alert.hold.to_string()),
            labels: alert.labels.iter().cloned().collect(),
            annotations: alert
                .annotations
                .iter()
                .map(|(name, pieces)| ((*name).to_owned(), Text::of(template(pieces))))
                .collect(),
        });
    }
    let groups = vec![Group { name: group, interval: plan.clock.evaluation().to_string(), rules }];
    Artifact {
        path: format!("{}/{name}/alerts.yml", plan.model.project.out_rules),
        text: yaml::document(
            plan,
            &[&service.service.path],
            &format!("Prometheus {}", plan.model.project.prometheus),
            &File { groups },
        ),
    }
}

/// Pieces as a Go template. Text is never a template: braces that a spec's author typed stay what they are.
fn template(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.replace("{{", "{{ \"{{\" }}"),
            Piece::Label(label) => format!("{{{{ $labels.{label} }}}}"),
            Piece::Value(unit) => format!("{{{{ $value{} }}}}{}", pipe(*unit), after(*unit)),
        })
        .collect()
}

fn pipe(unit: Unit) -> &'static str {
    match (unit.base, unit.per_second) {
        (Base::Ratio, false) => " | humanizePercentage",
        (Base::Seconds, false) => " | humanizeDuration",
        (Base::Bytes, _) => " | humanize1024",
        (Base::Timestamp, false) => " | humanizeTimestamp",
        _ => " | humanize",
    }
}

fn after(unit: Unit) -> &'static str {
    match (unit.base, unit.per_second) {
        (Base::Bytes, false) => "B",
        (Base::Bytes, true) => "B/s",
        (Base::Celsius, _) => " °C",
        (_, true) => "/s",
        _ => "",
    }
}
