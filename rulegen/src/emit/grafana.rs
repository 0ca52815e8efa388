//! Dashboards for Grafana, in the classic JSON that every version imports.

use super::panel::{data_source, panel};
use super::{Artifact, yaml};
use crate::model::PanelKind;
use crate::model::Version;
use crate::plan::{BoardPlan, PanelPlan, Plan, RowPlan, ServicePlan, firing};
use serde_json::{Value, json};

/// More queries than this at once make a dashboard slow to open; the rows below wait until somebody opens them.
const VISIBLE: usize = 25;
const COLUMNS: usize = 24;

pub(super) fn run(plan: &Plan<'_>) -> Vec<Artifact> {
    let boards = plan.services.iter().flat_map(|service| service.boards.iter().map(move |board| (service, board)));
    boards.map(|(service, board)| file(plan, service, board)).collect()
}

fn file(plan: &Plan<'_>, service: &ServicePlan<'_>, board: &BoardPlan<'_>) -> Artifact {
    let uid = &board.board.uid.value;
    let tag = &service.service.name.value;
    let note = yaml::header(plan, &[&service.service.path], "");
    let dashboard = json!({
        "id": null,
        "uid": uid,
        "title": board.title,
        "description": note.trim_end(),
        "tags": ["generated", tag],
        "editable": false,
        "graphTooltip": 1,
        "refresh": "1m",
        "schemaVersion": schema_version(plan.model.project.grafana),
        "time": { "from": "now-24h", "to": "now" },
        "timepicker": {},
        "timezone": "browser",
        "version": 1,
        "weekStart": "",
        "links": [{
            "asDropdown": true, "icon": "external link", "includeVars": true, "keepTime": true, "tags": [tag],
            "targetBlank": false, "title": "Dashboards of this service", "tooltip": "", "type": "dashboards", "url": "",
        }],
        "annotations": { "list": annotations(service) },
        "templating": { "list": variables(board) },
        "panels": panels(plan, service, board),
    });
    Artifact {
        path: format!("{}/{uid}.json", plan.model.project.out_dashboards),
        text: format!("{:#}\n", sorted(dashboard)),
    }
}

/// The last classic version that each Grafana writes itself; a server refuses a newer one than its own.
fn schema_version(grafana: Version) -> u32 {
    match grafana {
        v if v >= Version(12, 2) => 42,
        v if v >= Version(11, 6) => 41,
        _ => 39,
    }
}

fn annotations(service: &ServicePlan<'_>) -> Value {
    json!([
        {
            "builtIn": 1, "datasource": { "type": "grafana", "uid": "-- Grafana --" }, "enable": true, "hide": true,
            "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard",
        },
        {
            "datasource": data_source(), "enable": true, "hide": false, "iconColor": "red", "name": "Firing alerts",
            "expr": firing(service.service).to_string(), "step": "60s", "tagKeys": "severity,instance",
            "titleFormat": "{{alertname}}", "textFormat": "{{severity}} {{instance}}", "useValueForTime": false,
        },
    ])
}

fn variables(board: &BoardPlan<'_>) -> Vec<Value> {
    let mut list = vec![json!({
        "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0,
        "includeAll": false, "multi": false, "options": [], "refresh": 1, "regex": "", "current": {},
    })];
    let Some(witness) = &board.witness else { return list };
    let chosen = witness.to_string().trim_end_matches('}').to_owned();
    let instance =
        if chosen.contains('{') { format!("{chosen},job=~\"$job\"}}") } else { format!("{chosen}{{job=~\"$job\"}}") };
    for (name, label, of) in [("job", "Job", witness.to_string()), ("instance", "Instance", instance)] {
        let query = format!("label_values({of}, {name})");
        list.push(json!({
            "name": name, "label": label, "type": "query", "datasource": data_source(), "definition": query,
            "query": { "query": query, "refId": format!("variable-{name}") },
            "multi": true, "includeAll": true, "allValue": ".+", "refresh": 2, "sort": 1, "hide": 0, "regex": "",
            "options": [], "skipUrlSync": false,
            "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
        }));
    }
    list
}

fn panels(plan: &Plan<'_>, service: &ServicePlan<'_>, board: &BoardPlan<'_>) -> Vec<Value> {
    let mut out = Vec::new();
    let mut y = 0;
    let mut queries = 1;
    for (index, row) in board.rows.iter().enumerate() {
        queries += row.panels.len();
        let collapsed = queries > VISIBLE;
        let (list, bottom) = place(plan, row, y + 1);
        let nested = if collapsed { list.clone() } else { Vec::new() };
        out.push(json!({
            "id": row.id, "type": "row", "title": row.title, "collapsed": collapsed, "panels": nested,
            "gridPos": { "x": 0, "y": y, "w": COLUMNS, "h": 1 },
        }));
        y = if collapsed { y + 1 } else { bottom };
        if !collapsed {
            out.extend(list);
        }
        if index == 0 {
            out.push(alerts(service, board, y));
            y += 6;
        }
    }
    out
}

/// Panels of a row, left to right without gaps: small ones up to six to a line, drawings two, tables alone.
fn place(plan: &Plan<'_>, row: &RowPlan<'_>, top: usize) -> (Vec<Value>, usize) {
    let mut list = Vec::new();
    let mut y = top;
    for same in row.panels.chunk_by(|a, b| size(a) == size(b)) {
        let Some((per_line, height)) = same.first().map(size) else { continue };
        for line in same.chunks(per_line) {
            let mut x = 0;
            for (index, one) in line.iter().enumerate() {
                // Columns that do not divide evenly go to the first panels.
                let width = COLUMNS / line.len() + usize::from(index < COLUMNS % line.len());
                let at = json!({ "x": x, "y": y, "w": width, "h": height });
                list.push(panel(plan, one, at));
                x += width;
            }
            y += height;
        }
    }
    (list, y)
}

fn size(panel: &PanelPlan<'_>) -> (usize, usize) {
    match panel.kind {
        PanelKind::Stat | PanelKind::Gauge => (6, 4),
        PanelKind::Lines | PanelKind::Area | PanelKind::Bars => (2, 8),
        PanelKind::Table => (2, 7),
    }
}

/// What is wrong right now, before anybody has to look for it.
fn alerts(service: &ServicePlan<'_>, board: &BoardPlan<'_>, y: usize) -> Value {
    let hidden = ["Time", "__name__", "alertstate", "service", "signal", "team", "job", "Value", "drill"];
    let hidden: serde_json::Map<String, Value> = hidden.iter().map(|name| ((*name).to_owned(), json!(true))).collect();
    json!({
        "id": board.firing_id, "type": "table", "title": "Firing alerts",
        "description": "Alerts of this service that fire now. Empty is good. Each has a runbook of its name.",
        "datasource": data_source(), "gridPos": { "x": 0, "y": y, "w": COLUMNS, "h": 6 },
        "targets": [{
            "refId": "A", "datasource": data_source(), "expr": firing(service.service).to_string(), "format": "table",
            "instant": true, "range": false, "legendFormat": "",
        }],
        "transformations": [
            { "id": "organize", "options": { "excludeByName": hidden, "indexByName": { "severity": 0, "alertname": 1, "instance": 2 }, "renameByName": {} } },
            { "id": "sortBy", "options": { "fields": {}, "sort": [{ "field": "severity", "desc": false }] } },
        ],
        "fieldConfig": { "defaults": { "unit": "none", "custom": { "align": "auto", "filterable": true }, "noValue": "nothing fires" }, "overrides": [] },
        "options": { "showHeader": true, "cellHeight": "sm", "footer": { "show": false, "reducer": ["sum"], "fields": "" } },
    })
}

/// Keys in order, so that a change of the code that builds a panel does not move its lines.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
