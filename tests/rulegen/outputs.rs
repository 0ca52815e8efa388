//! What is written, judged by those who read it.

use crate::cases::folders;
use crate::project::{Project, Run, binary, repository, tool};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn what_stands_in_the_repository_is_up_to_date() {
    Run::of(Command::new(binary()).args(["build", "--check"]).current_dir(repository())).ok();
}

fn judged(rules: &Path, service: &str) {
    let folder = rules.join(service);
    let run = tool("promtool", &folder, &["check", "rules", "alerts.yml"]);
    assert!(run.code == 0 && !run.err.contains("duplicate"), "{}{}", run.out, run.err);
    let run = tool("promtool", &folder, &["test", "rules", "tests.yml"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let run = tool("amtool", rules, &["check-config", "alertmanager.yml"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn promtool_and_amtool_accept_what_is_written() {
    judged(&repository().join("rules/generated"), "agi-engineer");
    for case in folders("outputs") {
        let project = Project::with_spec(&fs::read_to_string(case.join("spec.yml")).expect("spec"));
        project.run(&["build"]).ok();
        judged(&project.path("out/rules"), "demo");
    }
}

#[test]
fn they_accept_a_drill_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("UTF-8");
    let arguments = ["build", "--drill", "1s", "--out", out, "--deliver-to", "http://127.0.0.1:9"];
    Run::of(Command::new(binary()).args(arguments).current_dir(repository())).ok();
    judged(&folder.path().join("rules/generated"), "agi-engineer");
    let alerts = fs::read_to_string(folder.path().join("rules/generated/agi-engineer/alerts.yml")).expect("alerts");
    assert!(
        alerts.contains("< 5368709120") && alerts.contains("> 0.8") && alerts.contains(", 345600)"),
        "thresholds stay: {alerts}"
    );
}

#[test]
fn alerts_reach_whom_their_severity_names() {
    let rules = repository().join("rules/generated");
    for (labels, receiver) in [
        (["alertname=ExporterDown", "service=agi-engineer", "severity=SEV-1"], "agi-engineer/oncall"),
        (["alertname=ExporterDown", "service=agi-engineer", "severity=SEV-2"], "agi-engineer/oncall"),
        (["alertname=DiskSpaceWarning", "service=agi-engineer", "severity=SEV-3"], "agi-engineer/incident-response"),
        (["alertname=DiskUsageHigh", "service=agi-engineer", "severity=SEV-4"], "agi-engineer/incident-response"),
        (["alertname=Watchdog", "service=agi-engineer", "severity=none"], "agi-engineer/dead-mans-switch"),
        // Somebody else's alert is not lost.
        (["alertname=Whatever", "service=unknown", "severity=critical"], "agi-engineer/incident-response"),
    ] {
        let verify = format!("--verify.receivers={receiver}");
        let mut arguments = vec!["config", "routes", "test", "--config.file=alertmanager.yml", &verify];
        arguments.extend(labels);
        let run = tool("amtool", &rules, &arguments);
        assert_eq!(run.code, 0, "{labels:?}: {}{}", run.out, run.err);
    }
}

#[test]
fn the_same_spec_gives_the_same_bytes_everywhere() {
    let mut prints = std::collections::BTreeSet::new();
    let zones = ["UTC", "Asia/Kathmandu", "America/St_Johns"];
    let locales = ["C", "de_DE.UTF-8", "tr_TR.UTF-8"];
    for round in 0..30 {
        let folder = tempfile::tempdir().expect("a folder");
        let umask = ["022", "077", "000"][round % 3];
        let script = format!("umask {umask}; exec \"$0\" build --config \"$1\" --out \"$2\"");
        let cwd = if round % 2 == 0 { Path::new("/") } else { folder.path() };
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(binary()).arg(repository().join("rulegen.yml")).arg(folder.path());
        command.current_dir(cwd).env("TZ", zones[round % 3]).env("LC_ALL", locales[round / 3 % 3]);
        Run::of(&mut command).ok();
        prints.insert(print_of(folder.path()));
    }
    assert_eq!(prints.len(), 1);
}

/// Names and bytes of everything under a folder.
fn print_of(folder: &Path) -> u64 {
    let mut list: Vec<_> = fs::read_dir(folder).expect("folder").map(|e| e.expect("entry").path()).collect();
    list.sort();
    let mut bytes = Vec::new();
    for path in list {
        bytes.extend(path.file_name().expect("a name").as_encoded_bytes());
        if path.is_dir() {
            bytes.extend(print_of(&path).to_le_bytes());
        } else {
            bytes.extend(fs::read(&path).expect("bytes"));
        }
    }
    rulegen::fingerprint(&bytes)
}

/// The guide shows every word of the language in one spec, and that spec is no sketch.
#[test]
fn the_guide_compiles_and_its_proofs_hold() {
    let guide = fs::read_to_string(repository().join("rules/README.md")).expect("guide");
    let example = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let project = Project::with_spec(example);
    let run = project.run(&["build"]).ok();
    assert_eq!(run.err, "");
    judged(&project.path("out/rules"), "shop");
}
