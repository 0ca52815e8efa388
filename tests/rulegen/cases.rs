//! Every code has a case that fires and one that does not: `cases/CODE/fires.yml` with `fires.txt`, and `silent.yml`.
//! `outputs/NAME/spec.yml` stands beside the files that it must become. `UPDATE=1` rewrites what is expected.

use crate::project::{Project, repository};
use rulegen::Format;
use stack_tests::golden;
use std::fs;
use std::path::{Path, PathBuf};

pub fn folders(name: &str) -> Vec<PathBuf> {
    let folder = repository().join("tests/rulegen").join(name);
    let mut list: Vec<PathBuf> = fs::read_dir(folder).expect(name).map(|e| e.expect(name).path()).collect();
    list.sort();
    list
}

pub fn name(path: &Path) -> &str {
    path.file_name().and_then(|n| n.to_str()).expect("a name")
}

#[test]
fn every_code_fires_where_it_should() {
    let mut golden = golden::Run::default();
    for case in folders("cases") {
        let run = run(&case, "fires.yml");
        assert_eq!(run.1, i32::from(run.0.contains("error[")), "{}: {}", case.display(), run.0);
        assert!(run.0.contains(&format!("[{}]", name(&case))), "{}: {}", case.display(), run.0);
        golden.compare(&case.join("fires.txt"), &run.0);
    }
    golden.finish();
}

#[test]
fn no_code_fires_where_it_should_not() {
    for case in folders("cases") {
        let (found, code) = run(&case, "silent.yml");
        assert_eq!((found.as_str(), code), ("", 0), "{}", case.display());
    }
}

/// A case may bring project settings of its own as `FILE.project`.
fn run(case: &Path, file: &str) -> (String, i32) {
    let spec = fs::read_to_string(case.join(file)).unwrap_or_else(|e| panic!("{}/{file}: {e}", case.display()));
    let project = Project::with_spec(&spec);
    if let Ok(settings) = fs::read_to_string(case.join(file.replace(".yml", ".project"))) {
        project.write("rulegen.yml", &settings);
    }
    let run = project.run(&["check"]);
    (run.err, run.code)
}

#[test]
fn specs_become_what_stands_beside_them() {
    let mut golden = golden::Run::default();
    for case in folders("outputs") {
        let project = Project::with_spec(&fs::read_to_string(case.join("spec.yml")).expect("spec.yml"));
        project.run(&["build"]).ok();
        for file in
            fs::read_dir(&case).expect("folder").map(|e| e.expect("entry").path()).filter(|p| name(p) != "spec.yml")
        {
            let produced = name(&file).replace("__", "/");
            golden.compare(&file, &project.read(&format!("out/{produced}")));
        }
    }
    golden.finish();
}

#[test]
fn programs_get_json_and_github_gets_commands() {
    let project = Project::with_spec("service: demo\nalrets: {}\n");
    let json: serde_json::Value = serde_json::from_str(&project.run(&["check", "--format", "json"]).out).expect("JSON");
    let problem = &json["problems"][0];
    assert_eq!((problem["code"].as_str(), problem["at"]["line"].as_u64()), (Some("R0002"), Some(2)));
    assert_eq!(problem["help"], "did you mean `alerts`?");
    let github = project.run(&["check", "--format", "github"]);
    assert_eq!(github.code, 1);
    assert!(github.out.starts_with("::error file=specs/spec.yml,line=2,endLine=2,col=1,endColumn=7,title=R0002 unknown-key::a spec has no key `alrets`%0A"), "{}", github.out);
}

#[test]
fn all_problems_of_all_files_come_in_one_run() {
    let project = Project::with_spec("service: one\nalrets: {}\nuse: [hots]\n");
    project.write("specs/two.yml", "service: two\nselct: {}\n");
    project.write("specs/three.yml", "service: [\n");
    let run = project.run(&["check"]);
    for part in ["specs/spec.yml:2:1", "specs/spec.yml:3:7", "specs/two.yml:2:1", "specs/three.yml:"] {
        assert!(run.err.contains(part), "{part} in {}", run.err);
    }
}

#[test]
fn the_renderer_is_pure() {
    let mut sources = rulegen::Sources::default();
    sources.add(rulegen::Role::Project, "rulegen.yml", "specs: []\nx: 1\n");
    let (artifacts, problems) = rulegen::build(&sources, &rulegen::Options::default());
    assert!(artifacts.is_empty() && problems.has_errors());
    assert!(problems.render(&sources, Format::Text).contains("R0002"));
}

#[test]
fn a_field_that_the_target_does_not_know_is_refused() {
    let project = Project::with_spec(
        "service: demo\nseverities: {page: {notify: p}}\nreceivers: {p: {webhook: {url_file: /etc/secrets/p}}}\n",
    );
    let run = project.run(&["check"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("`url_file` needs Alertmanager 0.26"), "{}", run.err);
    project.write("rulegen.yml", "specs: [specs/*.yml]\ntargets: {alertmanager: \"0.27.1\"}\n");
    project.run(&["check"]).ok();
}
