//! Writing: whole files or none, our files only.

use crate::project::Project;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SPEC: &str = include_str!("good.yml");
const ALERTS: &str = "out/rules/demo/alerts.yml";

#[test]
fn a_second_build_changes_nothing() {
    let project = Project::with_spec(SPEC);
    let first = project.run(&["build"]).ok();
    assert!(first.out.ends_with(" written, 0 unchanged, 0 removed\n"), "{}", first.out);
    let before = fs::metadata(project.path(ALERTS)).and_then(|m| m.modified()).expect("time");
    let second = project.run(&["build"]).ok();
    assert!(second.out.starts_with("0 written"), "{}", second.out);
    assert_eq!(fs::metadata(project.path(ALERTS)).and_then(|m| m.modified()).expect("time"), before);
    project.run(&["build", "--check"]).ok();
}

#[test]
fn an_error_anywhere_leaves_everything_as_it_was() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    let before = project.read(ALERTS);
    project.write("specs/spec.yml", &SPEC.replace("> 80%", "> 70%"));
    project.write("specs/broken.yml", "service: broken\nalerts: [\n");
    assert_eq!(project.run(&["build"]).code, 1);
    assert_eq!(project.read(ALERTS), before);
}

#[test]
fn check_lists_what_is_missing_changed_and_left_over() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    project.write("specs/spec.yml", &SPEC.replace("service: demo", "service: other"));
    let run = project.run(&["build", "--check"]);
    assert_eq!(run.code, 1);
    for line in [
        "out/rules/other/alerts.yml: missing",
        "out/rules/alertmanager.yml: differs",
        "out/rules/demo/alerts.yml: left over",
    ] {
        assert!(run.err.contains(line), "{line} in {}", run.err);
    }
    assert!(!project.path("out/rules/other/alerts.yml").exists());
}

#[test]
fn what_is_left_over_is_removed_and_what_others_wrote_stays() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    project.write("out/rules/demo/mine.yml", "groups: []\n");
    project.write("specs/spec.yml", &SPEC.replace("service: demo", "service: other"));
    project.run(&["build"]).ok();
    assert!(!project.path(ALERTS).exists());
    assert_eq!(project.read("out/rules/demo/mine.yml"), "groups: []\n");
}

#[test]
fn an_edited_output_is_not_lost() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    project.write(ALERTS, "edited\n");
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("alerts.yml: was edited by hand"), "{}", run.err);
    assert_eq!(project.read(ALERTS), "edited\n");
    project.run(&["build", "--force"]).ok();
    assert_ne!(project.read(ALERTS), "edited\n");
}

#[test]
fn a_foreign_file_in_the_way_is_not_lost() {
    let project = Project::with_spec(SPEC);
    project.write(ALERTS, "groups: []\n");
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("rulegen did not write it"), "{}", run.err);
    assert!(!project.path("out/rules/alertmanager.yml").exists(), "nothing is written when something is refused");
}

#[test]
fn a_build_that_was_cut_off_is_taken_up_again() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    let old = project.read(ALERTS);
    project.write("specs/spec.yml", &SPEC.replace("> 80%", "> 70%"));
    project.run(&["build"]).ok();
    // Some files exchanged, some not, and the record of the moment in between.
    let record = project.read("out/rules/.rulegen.json");
    let print = |text: &str| format!("\"{:016x}\"", rulegen::fingerprint(text.as_bytes()));
    let new = print(&project.read(ALERTS));
    project.write("out/rules/.rulegen.json", &record.replace(&new, &format!("{}, {new}", print(&old))));
    project.write(ALERTS, &old);
    project.run(&["build"]).ok();
    assert!(project.read(ALERTS).contains("> 0.7"));
}

#[test]
fn nothing_temporary_is_left_and_others_can_read() {
    let project = Project::with_spec(SPEC);
    project.run(&["build"]).ok();
    for entry in fs::read_dir(project.path("out/rules")).expect("folder").flatten() {
        let name = entry.file_name().into_string().expect("UTF-8");
        assert!(!name.starts_with(".rulegen-"), "{name}");
    }
    let mode = fs::metadata(project.path(ALERTS)).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o444, 0o444, "{mode:o}");
}

#[test]
fn a_drill_stays_away_from_people_and_from_the_real_outputs() {
    let project = Project::with_spec(SPEC);
    assert_eq!(project.run(&["build", "--drill", "1s"]).code, 2, "needs --out and --deliver-to");
    project.run(&["build", "--drill", "1s", "--out", "drill", "--deliver-to", "http://127.0.0.1:9/"]).ok();
    assert!(!project.path("out").exists());
    let alerts = project.read("drill/out/rules/demo/alerts.yml");
    for part in ["# DRILL", "name: demo-drill", "drill: \"true\"", "interval: 1s", "for: 5s", "[5s]", "> 0.8"] {
        assert!(alerts.contains(part), "{part} in {alerts}");
    }
    let routes = project.read("drill/out/rules/alertmanager.yml");
    assert!(routes.contains("url: http://127.0.0.1:9/demo/pager"), "{routes}");
    assert!(!routes.contains("routing_key_file"), "{routes}");
}

#[test]
fn wrong_use_is_not_a_problem_in_a_spec() {
    let project = Project::new();
    assert_eq!(project.run(&["bulid"]).code, 2);
    let run = project.run(&["check", "--config", "absent.yml"]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with("rulegen: absent.yml: "), "{}", run.err);
}
