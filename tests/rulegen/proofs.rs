//! Proofs that would still pass with a wrong rule prove nothing: every rule is made wrong, and its proof must say so.

use crate::project::{Project, repository, tool};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Alerts with what each becomes; `None` where the change would change nothing.
type Change = fn(&mut Value) -> Option<()>;

/// The comparison with the bound, which comes before any condition.
fn comparison(rule: &Value) -> Option<(String, String, String, String)> {
    let expr = rule["expr"].as_str()?;
    let first =
        [" > ", " < ", " >= ", " <= ", " == ", " != "].into_iter().filter_map(|op| Some((expr.find(op)?, op))).min()?;
    let (before, after) = (expr.get(..first.0)?, expr.get(first.0 + first.1.len()..)?);
    let end = after.find(['\n', ' ']).unwrap_or(after.len());
    Some((before.to_owned(), first.1.trim().to_owned(), after[..end].to_owned(), after[end..].to_owned()))
}

fn flipped(rule: &mut Value) -> Option<()> {
    let (before, op, number, rest) = comparison(rule)?;
    let pairs = [(">", "<"), (">=", "<="), ("==", "!=")];
    let other = pairs.iter().find_map(|(a, b)| {
        if op == *a {
            Some(b)
        } else if op == *b {
            Some(a)
        } else {
            None
        }
    })?;
    rule["expr"] = format!("{before} {other} {number}{rest}").into();
    Some(())
}

fn scaled(rule: &mut Value, factor: f64) -> Option<()> {
    let (before, op, number, rest) = comparison(rule)?;
    let number: f64 = number.parse().ok()?;
    rule["expr"] = format!("{before} {op} {}{rest}", number * factor).into();
    (number != 0.0).then_some(())
}

fn held(rule: &mut Value, seconds: i64) -> Option<()> {
    let unit = |c| match c {
        'd' => 86_400,
        'h' => 3600,
        'm' => 60,
        _ => 1,
    };
    let mut total = seconds;
    let mut number = 0;
    for c in rule["for"].as_str().unwrap_or("").chars() {
        match c.to_digit(10) {
            Some(digit) => number = number * 10 + i64::from(digit),
            None => {
                total += number * unit(c);
                number = 0;
            }
        }
    }
    rule["for"] = format!("{}s", total.max(0)).into();
    (total >= 0).then_some(())
}

fn unconditional(rule: &mut Value) -> Option<()> {
    let expr = rule["expr"].as_str()?.to_owned();
    rule["expr"] = expr.split_once("and ")?.0.trim().into();
    Some(())
}

const CHANGES: [(&str, Change); 6] = [
    ("the operator flipped", flipped),
    ("the number one percent higher", |rule| scaled(rule, 1.01)),
    ("the number one percent lower", |rule| scaled(rule, 0.99)),
    ("for one evaluation longer", |rule| held(rule, 15)),
    ("for one evaluation shorter", |rule| held(rule, -15)),
    ("its conditions dropped", unconditional),
];

/// Changes every alert of a rule file at once, and demands that the proofs of each fail.
fn survivors(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("alerts.yml")).expect("alerts.yml");
    let healthy: Value = serde_yaml::from_str(&text).expect("YAML");
    let mut survivors = Vec::new();
    for (what, change) in CHANGES {
        let mut file = healthy.clone();
        let mut changed = Vec::new();
        for rule in file["groups"][0]["rules"].as_array_mut().expect("rules") {
            let is_alert = rule["alert"].is_string() && rule["alert"] != "Watchdog";
            let before = rule.clone();
            if is_alert && change(rule).is_some() {
                changed.push((rule["alert"].clone(), rule["labels"]["severity"].clone()));
            } else {
                *rule = before;
            }
        }
        let elsewhere = tempfile::tempdir().expect("a folder");
        // JSON is YAML.
        fs::write(elsewhere.path().join("alerts.yml"), file.to_string()).expect("write");
        fs::copy(folder.join("tests.yml"), elsewhere.path().join("tests.yml")).expect("copy");
        let run = tool("promtool", elsewhere.path(), &["test", "rules", "tests.yml"]);
        let said = format!("{}{}", run.out, run.err);
        for (alert, severity) in changed {
            let (alert, severity) = (alert.as_str().expect("name"), severity.as_str().expect("severity"));
            let noticed = said.lines().any(|line| {
                line.contains("expr: ")
                    && line.contains(&format!("alertname=\\\"{alert}\\\""))
                    && line.contains(&format!("severity=\\\"{severity}\\\""))
            });
            if !noticed {
                survivors.push(format!("{alert} {severity}: {what}"));
            }
        }
    }
    survivors
}

#[test]
fn a_wrong_rule_fails_its_proof() {
    let spec = fs::read_to_string(repository().join("tests/rulegen/outputs/constructors/spec.yml")).expect("spec");
    let project = Project::with_spec(&spec);
    project.run(&["build"]).ok();
    let run = tool("promtool", &project.path("out/rules/demo"), &["test", "rules", "tests.yml"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(survivors(&project.path("out/rules/demo")), Vec::<String>::new());
}

#[test]
fn a_wrong_rule_of_ours_fails_its_proof() {
    assert_eq!(survivors(&repository().join("rules/generated/agi-engineer")), Vec::<String>::new());
}

/// At the very number of a bound, `>` and `>=` differ.
#[test]
fn strictness_is_proven_where_nothing_is_computed() {
    let spec = fs::read_to_string(repository().join("tests/rulegen/outputs/constructors/spec.yml")).expect("spec");
    for (alert, strict, loose) in
        [("> 100 for 10m", ">", ">="), ("> 80C for 1m", ">", ">="), ("<= 500MB for 2m", "<=", "<")]
    {
        let project = Project::with_spec(&spec);
        project.run(&["build"]).ok();
        let proofs = project.read("out/rules/demo/tests.yml");
        project.write("specs/spec.yml", &spec.replace(alert, &alert.replacen(strict, loose, 1)));
        project.run(&["build"]).ok();
        project.write("out/rules/demo/tests.yml", &proofs);
        let run = tool("promtool", &project.path("out/rules/demo"), &["test", "rules", "tests.yml"]);
        assert_ne!(run.code, 0, "{alert}");
    }
}

#[test]
fn nothing_fires_on_a_healthy_machine() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(repository().join("rules/generated/agi-engineer/alerts.yml"), folder.path().join("alerts.yml"))
        .expect("copy");
    fs::copy(repository().join("tests/rulegen/healthy.yml"), folder.path().join("tests.yml")).expect("copy");
    let run = tool("promtool", folder.path(), &["test", "rules", "tests.yml"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}
