//! Rules about the code: who may use whom, and that no row of a table is forgotten.

use crate::cases::{folders, name};
use crate::project::repository;
use stack_tests::tree::files_below;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From left to right; each may use only what stands to its right.
const ORDER: [&str; 9] = ["emit", "plan", "checks", "model", "promql", "catalog", "units", "spec", "diagnostic"];

/// There are always some: a test over none would pass whatever the code is like.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = files_below(folder);
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files
}

#[test]
fn imports_go_to_the_right_only() {
    let source = repository().join("rulegen/src");
    for file in files(&source) {
        let inside = file.strip_prefix(&source).expect("inside").to_str().expect("UTF-8").to_owned();
        let module = inside.split(['/', '.']).next().expect("a module");
        let Some(place) = ORDER.iter().position(|m| *m == module) else { continue };
        let text = fs::read_to_string(&file).expect("source");
        for used in text.split("crate::").skip(1) {
            let used = used.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
            if let Some(other) = ORDER.iter().position(|m| *m == used) {
                assert!(other >= place, "{inside} uses {used}, which stands to its left");
            }
        }
    }
}

#[test]
fn files_and_functions_stay_small() {
    for file in files(&repository().join("rulegen/src")) {
        let lines = fs::read_to_string(&file).expect("source").lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

fn modules(folder: &str, not: &[&str]) -> BTreeSet<String> {
    let all = files(&repository().join("rulegen/src").join(folder));
    all.iter()
        .map(|f| name(f).trim_end_matches(".rs").to_owned())
        .filter(|m| m != "mod" && !not.contains(&m.as_str()))
        .collect()
}

#[test]
fn every_check_and_every_emitter_has_its_row() {
    let table = |folder: &str| {
        fs::read_to_string(repository().join("rulegen/src").join(folder).join("mod.rs")).expect("mod.rs")
    };
    for module in modules("checks", &[]) {
        assert!(table("checks").contains(&format!("run: {module}::run")), "the check {module} has no row in CHECKS");
    }
    // These help the emitters and write no file of their own.
    for module in modules("emit", &["yaml", "reference", "receivers", "panel"]) {
        assert!(table("emit").contains(&format!("run: {module}::run")), "{module} has no row in EMITTERS");
    }
}

/// The codes of the reference, which is printed from the tables.
fn codes() -> BTreeSet<String> {
    let reference = rulegen::reference();
    let rows = reference.lines().filter_map(|line| line.strip_prefix("| R"));
    rows.map(|row| format!("R{}", row.split(' ').next().unwrap_or(""))).collect()
}

#[test]
fn every_code_has_its_cases() {
    let cases: BTreeSet<String> = folders("cases").iter().map(|p| name(p).to_owned()).collect();
    assert_eq!(codes(), cases, "codes of the tables (left) and folders under tests/rulegen/cases (right)");
    let reference = rulegen::reference();
    assert_eq!(reference.lines().filter(|l| l.starts_with("| R")).count(), codes().len(), "a code is used twice");
}

#[test]
fn the_reference_is_up_to_date() {
    let path = repository().join("rulegen/REFERENCE.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, rulegen::reference()).expect("write");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == rulegen::reference(),
        "run `rulegen reference > rulegen/REFERENCE.md`"
    );
}
