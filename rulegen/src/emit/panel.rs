//! One panel of a dashboard.

use crate::catalog::Range;
use crate::model::PanelKind;
use crate::plan::{Grade, PanelPlan, Plan, Thresholds};
use crate::units::{Base, Duration, Unit};
use serde_json::{Map, Value, json};

/// What Grafana assumes of a Prometheus data source that says nothing.
const ASSUMED_SCRAPE: Duration = Duration::seconds(15);

pub(super) fn data_source() -> Value {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

pub(super) fn panel(plan: &Plan<'_>, panel: &PanelPlan<'_>, at: Value) -> Value {
    let mut value = json!({
        "id": panel.id,
        "type": kind(panel.kind),
        "title": panel.signal.title,
        "description": panel.description,
        "datasource": data_source(),
        "gridPos": at,
        "targets": [target(plan, panel)],
        "fieldConfig": { "defaults": defaults(panel), "overrides": [] },
        "options": options(panel),
    });
    if panel.kind == PanelKind::Table
        && let Some(map) = value.as_object_mut()
    {
        map.insert("transformations".to_owned(), transformations(panel));
    }
    value
}

fn kind(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Lines | PanelKind::Area => "timeseries",
        PanelKind::Gauge => "gauge",
        PanelKind::Stat => "stat",
        PanelKind::Table => "table",
        PanelKind::Bars => "bargauge",
    }
}

fn is_drawn(panel: &PanelPlan<'_>) -> bool {
    matches!(panel.kind, PanelKind::Lines | PanelKind::Area)
}

fn target(plan: &Plan<'_>, panel: &PanelPlan<'_>) -> Value {
    let legend: Vec<String> = panel.legend.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    let format = if panel.kind == PanelKind::Table { "table" } else { "time_series" };
    let mut target = json!({
        "refId": "A", "datasource": data_source(), "expr": panel.expr.to_string(), "format": format,
        "instant": !is_drawn(panel), "range": is_drawn(panel), "legendFormat": legend.join(" "),
    });
    if plan.clock.scrape() != ASSUMED_SCRAPE
        && let Some(map) = target.as_object_mut()
    {
        map.insert("interval".to_owned(), json!(plan.clock.scrape().to_string()));
    }
    target
}

fn defaults(panel: &PanelPlan<'_>) -> Value {
    let mut defaults = Map::new();
    let mut add = |name: &str, value: Value| drop(defaults.insert(name.to_owned(), value));
    add("unit", json!(unit(panel.signal.unit)));
    if matches!(panel.signal.unit.base, Base::Ratio) {
        add("decimals", json!(1));
    }
    let Range { low, high } = panel.signal.range;
    if low.is_finite() {
        add("min", json!(low));
    }
    if high.is_finite() {
        add("max", json!(high));
    }
    add("thresholds", thresholds(&panel.thresholds));
    add("mappings", mappings(panel));
    let mode = if is_drawn(panel) { "palette-classic" } else { "thresholds" };
    add("color", json!({ "mode": mode }));
    if is_drawn(panel) {
        add("custom", custom(panel));
    }
    if panel.kind == PanelKind::Table {
        add("custom", json!({ "align": "auto", "cellOptions": { "type": "color-text" }, "filterable": true }));
    }
    Value::Object(defaults)
}

fn unit(unit: Unit) -> &'static str {
    match (unit.base, unit.per_second) {
        (Base::Ratio, _) => "percentunit",
        (Base::Bytes, false) => "bytes",
        (Base::Bytes, true) => "Bps",
        (Base::Seconds, _) => "s",
        (Base::Timestamp, _) => "dateTimeFromNow",
        (Base::Celsius, _) => "celsius",
        (Base::Hertz, _) => "hertz",
        (Base::Bool | Base::Info, _) => "none",
        (_, true) => "cps",
        _ => "short",
    }
}

/// Pairs that also people who do not tell red from green can tell apart, always together with a number or a word.
fn colour(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "green",
        Grade::Mild => "yellow",
        Grade::Serious => "orange",
        Grade::Grave => "red",
    }
}

fn thresholds(thresholds: &Thresholds) -> Value {
    let mut steps = vec![json!({ "value": null, "color": colour(thresholds.base) })];
    steps.extend(thresholds.steps.iter().map(|(value, grade)| json!({ "value": value, "color": colour(*grade) })));
    json!({ "mode": "absolute", "steps": steps })
}

/// Nothing is not good: a missing value is said, in no colour. Yes and no are words.
fn mappings(panel: &PanelPlan<'_>) -> Value {
    let nothing = json!({ "type": "special", "options": { "match": "null+nan", "result": { "text": "No data", "color": "text", "index": 2 } } });
    if panel.signal.unit.base != Base::Bool {
        return json!([nothing]);
    }
    let last = panel.thresholds.steps.last().map_or(Grade::Good, |(_, grade)| *grade);
    let words = json!({
        "0": { "text": "no", "color": colour(panel.thresholds.base), "index": 0 },
        "1": { "text": "yes", "color": colour(last), "index": 1 },
    });
    json!([{ "type": "value", "options": words }, nothing])
}

fn custom(panel: &PanelPlan<'_>) -> Value {
    let fill = if panel.kind == PanelKind::Area { 30 } else { 10 };
    let style = if panel.alerts.is_empty() { "off" } else { "dashed" };
    json!({
        "drawStyle": "line", "lineWidth": 1, "fillOpacity": fill, "showPoints": "never", "spanNulls": false,
        "lineInterpolation": "linear", "stacking": { "mode": "none", "group": "A" }, "axisPlacement": "auto",
        "scaleDistribution": { "type": "linear" }, "thresholdsStyle": { "mode": style },
        "hideFrom": { "legend": false, "tooltip": false, "viz": false },
    })
}

fn options(panel: &PanelPlan<'_>) -> Value {
    let reduce = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    match panel.kind {
        PanelKind::Lines | PanelKind::Area => json!({
            "legend": { "displayMode": "table", "placement": "bottom", "showLegend": true,
                "calcs": ["min", "mean", "max", "lastNotNull"], "sortBy": "Max", "sortDesc": true },
            "tooltip": { "mode": "multi", "sort": "desc" },
        }),
        PanelKind::Stat => json!({
            "colorMode": "background", "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
            "reduceOptions": reduce, "textMode": "auto", "wideLayout": true,
        }),
        PanelKind::Gauge => json!({
            "orientation": "auto", "reduceOptions": reduce, "showThresholdLabels": false, "showThresholdMarkers": true,
        }),
        PanelKind::Bars => json!({
            "displayMode": "gradient", "orientation": "horizontal", "reduceOptions": reduce, "showUnfilled": true, "valueMode": "color",
        }),
        PanelKind::Table => json!({
            "showHeader": true, "cellHeight": "sm", "footer": { "show": false, "reducer": ["sum"], "fields": "" },
        }),
    }
}

fn transformations(panel: &PanelPlan<'_>) -> Value {
    let shown = |label: &String| panel.legend.contains(&label.as_str());
    let hidden = panel.signal.labels.iter().filter(|l| !shown(l)).map(String::as_str).chain(["Time", "__name__"]);
    let hidden: Map<String, Value> = hidden.map(|name| (name.to_owned(), json!(true))).collect();
    json!([
        { "id": "organize", "options": { "excludeByName": hidden, "indexByName": {}, "renameByName": { "Value": panel.signal.title } } },
        { "id": "sortBy", "options": { "fields": {}, "sort": [{ "field": panel.signal.title, "desc": panel.thresholds.base == Grade::Good }] } },
    ])
}
