//! Dashboards: what each panel asks, where its thresholds lie, and what it says about itself.

use super::expression::{View, expression};
use super::wording::describe_bound;
use crate::model::{Alert, Board, Level, Panel, PanelKind, Row, Service, Signal, slug, stable_id};
use crate::promql::{Compare, Expr, Matcher, Op};

pub(crate) struct BoardPlan<'m> {
    pub(crate) board: &'m Board,
    pub(crate) title: String,
    pub(crate) rows: Vec<RowPlan<'m>>,
    /// The panel that lists what fires.
    pub(crate) firing_id: u32,
    /// A metric that is there whenever the exporter is, for the choices of job and instance.
    pub(crate) witness: Option<Expr>,
}

pub(crate) struct RowPlan<'m> {
    pub(crate) title: &'m str,
    pub(crate) id: u32,
    pub(crate) panels: Vec<PanelPlan<'m>>,
}

pub(crate) struct PanelPlan<'m> {
    pub(crate) id: u32,
    pub(crate) kind: PanelKind,
    pub(crate) signal: &'m Signal,
    pub(crate) description: String,
    pub(crate) expr: Expr,
    /// Labels that tell its series apart.
    pub(crate) legend: Vec<&'m str>,
    pub(crate) thresholds: Thresholds,
    /// Alerts on the same signal.
    pub(crate) alerts: Vec<&'m str>,
}

/// The number of a panel: from what it shows and where, never from its position. A signal that stands twice in a row is
/// told apart by how it is drawn.
pub(crate) fn panel_id(board: &str, row: &Row, panel: &Panel) -> u32 {
    let twice = row.panels.iter().filter(|p| p.signal == panel.signal).count() > 1;
    let drawn = if twice { panel.kind.name() } else { "" };
    stable_id(&format!("{board}/{}/{}#{drawn}", slug(&row.title), panel.signal))
}

/// How bad a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    Good,
    /// Somebody looks at it some time.
    Mild,
    /// Somebody looks at it today.
    Serious,
    /// Somebody is woken.
    Grave,
}

/// The grade of the lowest values, and where it changes, upwards.
pub(crate) struct Thresholds {
    pub(crate) base: Grade,
    pub(crate) steps: Vec<(f64, Grade)>,
}

pub(super) fn boards(service: &Service) -> Vec<BoardPlan<'_>> {
    service.boards.iter().map(|board| board_plan(service, board)).collect()
}

fn board_plan<'m>(service: &'m Service, board: &'m Board) -> BoardPlan<'m> {
    let rows: Vec<RowPlan<'m>> = board
        .rows
        .iter()
        .map(|row| RowPlan {
            title: &row.title,
            id: stable_id(&format!("{}/{}", board.uid.value, slug(&row.title))),
            panels: row.panels.iter().filter_map(|panel| panel_plan(service, board, row, panel)).collect(),
        })
        .collect();
    let mut metrics = rows.iter().flat_map(|r| &r.panels).flat_map(|p| p.signal.kind.selectors()).map(|s| &s.metric);
    // `up` is also there for targets that are gone.
    let witness = metrics.find(|name| *name != "up").map(|name| Expr::Select {
        name: name.clone(),
        matchers: service.select.clone(),
        range: None,
    });
    let title = board.title.clone().unwrap_or_else(|| format!("{}: {}", service.title, board.name.value));
    BoardPlan { board, title, rows, firing_id: stable_id(&format!("{}/firing", board.uid.value)), witness }
}

fn panel_plan<'m>(service: &'m Service, board: &Board, row: &Row, panel: &Panel) -> Option<PanelPlan<'m>> {
    let signal = service.signals.get(&panel.signal)?;
    let alerts: Vec<&Alert> = service.alerts.iter().filter(|a| a.signal == signal.key).collect();
    Some(PanelPlan {
        id: panel_id(&board.uid.value, row, panel),
        kind: panel.kind,
        signal,
        description: description(signal, &alerts),
        expr: expression(service, signal, View::Screen),
        legend: legend(signal),
        thresholds: thresholds(service, &alerts),
        alerts: alerts.iter().map(|a| a.name.value.as_str()).collect(),
    })
}

fn description(signal: &Signal, alerts: &[&Alert]) -> String {
    let mut out = signal.about.clone();
    for alert in alerts {
        let levels = alert.levels.iter().map(|l| format!("{} {}", l.severity, describe_bound(&l.bound, signal.unit)));
        let levels: Vec<String> = levels.collect();
        out.push_str(&format!("\n\n{}: {}. See its runbook for what to do.", alert.name.value, levels.join(", ")));
    }
    if alerts.is_empty() {
        out.push_str("\n\nNo alert; for context.");
    }
    out
}

/// Labels that are the same for all series of a panel, or that only repeat another, make a legend unreadable.
fn legend(signal: &Signal) -> Vec<&str> {
    let noise = ["job", "device_error", "fstype", "state", "type"];
    let has_mount = signal.labels.contains("mountpoint");
    let telling = |label: &&str| !(noise.contains(label) || has_mount && *label == "device");
    let mut labels: Vec<&str> = signal.labels.iter().map(String::as_str).filter(telling).collect();
    labels.sort_by_key(|label| *label != "instance");
    labels
}

/// The numbers are those of the alerts: what turns red here is what somebody is told.
fn thresholds(service: &Service, alerts: &[&Alert]) -> Thresholds {
    let grade = |level: &Level| match service.severities.iter().position(|s| s.name.value == level.severity) {
        Some(0 | 1) => Grade::Grave,
        Some(2) => Grade::Serious,
        _ => Grade::Mild,
    };
    let mut levels: Vec<&Level> = alerts.iter().flat_map(|a| &a.levels).collect();
    levels.sort_by(|a, b| a.bound.value.total_cmp(&b.bound.value));
    let downward =
        levels.iter().any(|l| l.bound.op.is_lower() || (l.bound.op == Compare::Equal && l.bound.value == 0.0));
    if !downward {
        let steps = levels.iter().map(|l| (l.bound.value, grade(l))).collect();
        return Thresholds { base: Grade::Good, steps };
    }
    // Below a lower bound it is bad: each bound is where things get better.
    let base = levels.first().map_or(Grade::Good, |l| grade(l));
    let better = levels.iter().skip(1).map(|l| grade(l)).chain([Grade::Good]);
    // "is 0" ends at 1, the next value such a signal has.
    let end = |l: &Level| if l.bound.op == Compare::Equal { l.bound.value + 1.0 } else { l.bound.value };
    Thresholds { base, steps: levels.iter().map(|l| end(l)).zip(better).collect() }
}

/// Alerts of the service that are firing now.
pub(crate) fn firing(service: &Service) -> Expr {
    let matchers = vec![
        Matcher::new("alertstate", Op::Equal, "firing"),
        Matcher::new("service", Op::Equal, service.name.value.clone()),
        Matcher::new("severity", Op::NotEqual, "none"),
    ];
    Expr::Select { name: "ALERTS".to_owned(), matchers, range: None }
}
