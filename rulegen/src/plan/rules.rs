//! Recording and alerting rules.

use super::Clock;
use super::boards::panel_id;
use super::expression::{View, computed, condition, expression, recorded_name};
use super::wording::{Piece, describe_bound, pieces};
use crate::model::{Alert, Bound, Level, Project, Service, Signal, WATCHDOG};
use crate::promql::Expr;
use crate::units::Duration;

/// A series computed ahead.
pub(crate) struct RecordingRule {
    pub(crate) name: String,
    pub(crate) expr: Expr,
}

/// One alert at one severity.
pub(crate) struct AlertRule<'m> {
    pub(crate) name: &'m str,
    pub(crate) expr: Expr,
    pub(crate) hold: Duration,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(&'static str, Vec<Piece>)>,
    /// What it was made from; nothing for the watchdog.
    pub(crate) origin: Option<Origin<'m>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Origin<'m> {
    pub(crate) alert: &'m Alert,
    pub(crate) level: &'m Level,
    pub(crate) signal: &'m Signal,
}

pub(super) fn recordings(service: &Service, clock: Clock) -> Vec<RecordingRule> {
    let used = |key: &str| {
        let shown = service.boards.iter().flat_map(|b| &b.rows).flat_map(|r| &r.panels).any(|p| p.signal == key);
        shown || service.alerts.iter().any(|a| a.signal == key)
    };
    let recorded = service.signals.values().filter(|s| s.is_recorded() && used(&s.key));
    recorded
        .map(|signal| RecordingRule {
            name: recorded_name(service, signal),
            expr: computed(service, signal, View::Rule(clock)),
        })
        .collect()
}

pub(super) fn alerts<'m>(service: &'m Service, project: &Project, clock: Clock) -> Vec<AlertRule<'m>> {
    let mut rules = Vec::new();
    for alert in &service.alerts {
        let Some(signal) = service.signals.get(&alert.signal) else { continue };
        for level in &alert.levels {
            rules.push(rule(service, project, clock, Origin { alert, level, signal }));
        }
    }
    rules.extend(service.watchdog.as_ref().map(|watchdog| {
        let summary = "Alerting works. This message is expected; its absence is the alarm.".to_owned();
        let annotations = vec![
            ("summary", vec![Piece::Text(summary)]),
            ("description", vec![Piece::Text(watchdog.meaning.clone())]),
            ("runbook_url", vec![Piece::Text(runbook_address(project, service, WATCHDOG))]),
        ];
        let expr = Expr::call("vector", [Expr::Number(1.0)]);
        let labels = labels(service, "none", None, clock);
        AlertRule { name: WATCHDOG, expr, hold: Duration(0), labels, annotations, origin: None }
    }));
    rules
}

fn rule<'m>(service: &'m Service, project: &Project, clock: Clock, origin: Origin<'m>) -> AlertRule<'m> {
    let Origin { alert, level, signal } = origin;
    let mut expr = expression(service, signal, View::Rule(clock)).compare(level.bound.op, level.bound.value);
    for guard in &signal.guards {
        expr = expr.and(condition(service, guard, View::Rule(clock)), guard.on.clone());
    }
    AlertRule {
        name: &alert.name.value,
        expr,
        hold: clock.wait(level.bound.hold),
        labels: labels(service, &level.severity, Some(&signal.key), clock),
        annotations: annotations(service, project, origin),
        origin: Some(origin),
    }
}

fn labels(service: &Service, severity: &str, signal: Option<&str>, clock: Clock) -> Vec<(String, String)> {
    let mut labels =
        vec![("service".to_owned(), service.name.value.clone()), ("severity".to_owned(), severity.to_owned())];
    labels.extend(signal.map(|key| ("signal".to_owned(), key.to_owned())));
    labels.extend(service.team.as_ref().map(|team| ("team".to_owned(), team.clone())));
    if clock.is_drill() {
        labels.push(("drill".to_owned(), "true".to_owned()));
    }
    labels.sort();
    labels
}

fn annotations(service: &Service, project: &Project, origin: Origin<'_>) -> Vec<(&'static str, Vec<Piece>)> {
    let Origin { alert, level, signal } = origin;
    let text = |text: String| vec![Piece::Text(text)];
    let mut all = vec![
        ("summary", pieces(&alert.summary, signal, &level.bound)),
        ("description", text(alert.meaning.clone())),
        ("bound", text(describe_bound(&level.bound, signal.unit))),
    ];
    let target = alert.target.as_ref().map(|t: &Bound| text(describe_bound(t, signal.unit)));
    all.extend(target.map(|target| ("target", target)));
    all.extend(alert.guide_id.as_ref().map(|id| ("guide_id", text(id.value.clone()))));
    all.push(("runbook_url", text(runbook_address(project, service, &alert.name.value))));
    all.extend(dashboard_address(service, project, signal).map(|address| ("dashboard_url", address)));
    all
}

fn runbook_address(project: &Project, service: &Service, alert: &str) -> String {
    let base = project.runbooks_at.as_ref().unwrap_or(&project.out_rules);
    format!("{base}/{}/runbooks/{alert}.md", service.name.value)
}

/// The panel that draws the signal, with the instance of the alert picked.
fn dashboard_address(service: &Service, project: &Project, signal: &Signal) -> Option<Vec<Piece>> {
    let mut panels = service
        .boards
        .iter()
        .flat_map(|b| b.rows.iter().map(move |r| (b, r)))
        .flat_map(|(b, r)| r.panels.iter().map(move |p| (b, r, p)));
    let (board, row, panel) = panels.find(|(_, _, panel)| panel.signal == signal.key)?;
    let base = project.grafana_at.as_deref().unwrap_or("");
    let panel = panel_id(&board.uid.value, row, panel);
    let address = format!("{base}/d/{}?viewPanel={panel}", board.uid.value);
    if !signal.labels.contains("instance") {
        return Some(vec![Piece::Text(address)]);
    }
    Some(vec![Piece::Text(format!("{address}&var-instance=")), Piece::Label("instance".to_owned())])
}
