//! What a dashboard must be to be of use, each point a failing assertion when broken.

use crate::project::repository;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Units that every Grafana knows.
const UNITS: [&str; 18] = [
    "reqps",
    "ops",
    "rps",
    "wps",
    "iops",
    "cps",
    "Bps",
    "binBps",
    "bps",
    "bytes",
    "decbytes",
    "percentunit",
    "s",
    "short",
    "none",
    "celsius",
    "hertz",
    "dateTimeFromNow",
];

fn boards() -> Vec<(String, Value, String)> {
    let folder = fs::read_dir(repository().join("dashboards")).expect("dashboards");
    let paths = folder.map(|e| e.expect("entry").path()).filter(|p| p.extension().is_some_and(|e| e == "json"));
    paths
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            (
                path.file_stem().expect("name").to_str().expect("UTF-8").to_owned(),
                serde_json::from_str(&text).expect("JSON"),
                text,
            )
        })
        .collect()
}

fn all_panels(board: &Value) -> Vec<&Value> {
    let top = board["panels"].as_array().expect("panels");
    top.iter().chain(top.iter().flat_map(|p| p["panels"].as_array().into_iter().flatten())).collect()
}

fn drawn(board: &Value) -> Vec<&Value> {
    all_panels(board).into_iter().filter(|p| p["type"] != "row").collect()
}

#[test]
fn the_top_is_complete_and_constant() {
    for (name, board, text) in boards() {
        let uid = board["uid"].as_str().expect("uid");
        assert_eq!(uid, name);
        assert!(uid.len() <= 40 && uid.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        assert!(board["id"].is_null() && board["title"].is_string() && board["version"] == 1);
        assert!([39, 41, 42].contains(&board["schemaVersion"].as_u64().expect("schemaVersion")));
        for absent in ["__inputs", "__requires", "gnetId", "iteration", "style", "rows", "dashboard"] {
            assert!(board.get(absent).is_none(), "{absent}");
        }
        assert_eq!((&board["editable"], &board["graphTooltip"]), (&Value::Bool(false), &Value::from(1)));
        assert!(board["refresh"].is_string() && board["timezone"] == "browser");
        assert!(board["tags"].as_array().expect("tags").contains(&"generated".into()));
        assert!(board["description"].as_str().expect("description").contains("Do not edit"));
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        let keys: Vec<&String> = board.as_object().expect("object").keys().collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}

#[test]
fn everything_asks_the_chosen_data_source() {
    for (_, board, _) in boards() {
        let variables = board["templating"]["list"].as_array().expect("variables");
        let names: Vec<&str> = variables.iter().filter_map(|v| v["name"].as_str()).collect();
        assert_eq!(names, ["datasource", "job", "instance"]);
        assert_eq!((&variables[0]["label"], &variables[0]["query"]), (&"Data source".into(), &"prometheus".into()));
        for variable in &variables[1..] {
            assert_eq!(
                (&variable["multi"], &variable["includeAll"], &variable["allValue"], &variable["refresh"]),
                (&true.into(), &true.into(), &".+".into(), &2.into())
            );
            let query = variable["query"]["query"].as_str().expect("query");
            assert!(query.starts_with("label_values(node_") && !query.contains("(up"), "{query}");
        }
        for panel in drawn(&board) {
            assert_eq!(panel["datasource"]["uid"], "${datasource}");
            for target in panel["targets"].as_array().expect("targets") {
                assert_eq!(target["datasource"]["uid"], "${datasource}");
            }
        }
        for variable in ["$job", "$instance"] {
            assert!(drawn(&board).iter().any(|p| p["targets"][0]["expr"].as_str().expect("expr").contains(variable)));
        }
    }
}

#[test]
fn queries_follow_what_was_picked() {
    for (_, board, _) in boards() {
        for target in drawn(&board).iter().flat_map(|p| p["targets"].as_array().expect("targets")) {
            let expr = target["expr"].as_str().expect("expr");
            let selectors = expr.matches('{').count();
            if expr.starts_with("ALERTS") {
                continue;
            }
            assert!(selectors > 0, "{expr}");
            assert_eq!(expr.matches("job=~\"$job\"").count(), selectors, "{expr}");
            assert_eq!(expr.matches("instance=~\"$instance\"").count(), selectors, "{expr}");
            assert!(!expr.contains("m]") && !expr.contains("h]"), "no fixed range on a screen: {expr}");
        }
    }
}

#[test]
fn every_panel_explains_itself() {
    for (_, board, _) in boards() {
        for panel in drawn(&board) {
            let title = panel["title"].as_str().expect("title");
            assert!(!title.is_empty() && panel["description"].as_str().expect("description").len() > 20, "{title}");
            let defaults = &panel["fieldConfig"]["defaults"];
            assert!(UNITS.contains(&defaults["unit"].as_str().expect("unit")), "{title}: {}", defaults["unit"]);
            if defaults["unit"] == "percentunit" {
                assert_eq!((defaults["min"].as_f64(), defaults["max"].as_f64()), (Some(0.0), Some(1.0)), "{title}");
            }
            if ["stat", "gauge"].contains(&panel["type"].as_str().expect("type")) {
                assert_eq!(panel["targets"][0]["instant"], true, "{title}");
                assert!(defaults["mappings"].to_string().contains("No data"), "{title}");
            }
            if panel["type"] == "timeseries" {
                assert_eq!(
                    (&defaults["custom"]["showPoints"], &defaults["custom"]["spanNulls"]),
                    (&"never".into(), &false.into())
                );
                assert_eq!(
                    (&panel["options"]["tooltip"]["mode"], &panel["options"]["legend"]["placement"]),
                    (&"multi".into(), &"bottom".into())
                );
            }
        }
    }
}

#[test]
fn thresholds_are_the_numbers_of_the_alerts() {
    for (_, board, _) in boards() {
        let lines: Vec<(String, Vec<f64>)> = drawn(&board)
            .iter()
            .filter(|p| p["type"] != "table" || p["title"] != "Firing alerts")
            .map(|panel| {
                let steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"].as_array().expect("steps");
                assert!(steps[0]["value"].is_null());
                let values: Vec<f64> = steps[1..].iter().map(|s| s["value"].as_f64().expect("a number")).collect();
                assert!(values.is_sorted(), "{values:?}");
                (panel["title"].as_str().expect("title").to_owned(), values)
            })
            .collect();
        for (title, wanted) in
            [("CPU in use", vec![0.8, 0.95]), ("Disk in use", vec![0.8]), ("Disk space left", vec![5_368_709_120.0])]
        {
            assert!(lines.iter().any(|(t, values)| t == title && *values == wanted), "{title}: {lines:?}");
        }
    }
}

#[test]
fn panels_fill_the_screen_without_overlap() {
    for (_, board, _) in boards() {
        let mut ids = BTreeSet::new();
        assert!(
            all_panels(&board).iter().all(|p| ids.insert(p["id"].as_u64().expect("id")) && p["id"] != 0),
            "an id is used twice"
        );
        let at = |panel: &Value| {
            ["x", "y", "w", "h"].map(|k| usize::try_from(panel["gridPos"][k].as_u64().expect(k)).expect("small"))
        };
        let open: Vec<&Value> = board["panels"].as_array().expect("panels").iter().collect();
        let height = open.iter().map(|p| at(p)[1] + at(p)[3]).max().expect("panels");
        let mut cells = vec![[0u8; 24]; height];
        for panel in &open {
            let [x, y, w, h] = at(panel);
            assert!(x + w <= 24);
            cells[y..y + h].iter_mut().for_each(|line| line[x..x + w].iter_mut().for_each(|cell| *cell += 1));
        }
        assert!(cells.iter().flatten().all(|cell| *cell == 1), "{cells:?}");
        let visible: usize = open.iter().map(|p| p["targets"].as_array().map_or(0, Vec::len)).sum();
        assert!(visible <= 25, "{visible} queries at once");
    }
}

#[test]
fn links_of_alerts_lead_to_panels_that_exist() {
    let boards = boards();
    let alerts = fs::read_to_string(repository().join("rules/generated/agi-engineer/alerts.yml")).expect("alerts");
    let mut links = 0;
    for line in alerts.lines().filter(|l| l.contains("dashboard_url:")) {
        let uid = line.split("/d/").nth(1).and_then(|r| r.split('?').next()).expect("uid");
        let id: u64 =
            line.split("viewPanel=").nth(1).and_then(|r| r.split('&').next()).and_then(|n| n.parse().ok()).expect("id");
        let (_, board, _) = boards.iter().find(|(name, _, _)| name == uid).expect("a board");
        assert!(all_panels(board).iter().any(|p| p["id"] == id), "{line}");
        links += 1;
    }
    assert!(links >= 10);
    for line in alerts.lines().filter_map(|l| l.trim().strip_prefix("runbook_url: ")) {
        assert!(repository().join(line).exists(), "{line}");
    }
}
