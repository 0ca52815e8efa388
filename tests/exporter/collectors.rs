//! Every host collector, over a recorded tree of its own.
//!
//! A case is a folder `host/<collector>[.<variant>]` with what the collector reads (`proc`, `sys`, `root`, `udev`), the switches
//! it is given (`settings`, lines of `name=value`, optional), and what it must answer: `expected.prom`, or
//! `expected.error` where it must fail. `UPDATE=1 cargo test` writes the answers anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use stack_exporter::{
    exposition::{Format, encode},
    metric::Batch,
    sources::host::{COLLECTORS, Collector, Host, Paths, Settings},
};
use stack_tests::{exposition::read_text, golden};

/// Collectors that pass on what others expose: their answer has families that they cannot declare.
pub const PASS_ON: [&str; 1] = ["textfile"];

#[test]
fn every_recorded_tree_becomes_the_expected_lines() {
    let mut golden = golden::Run::default();
    for case in cases() {
        let (name, text) = match answer(&case) {
            Ok(text) => ("expected.prom", text),
            Err(text) => ("expected.error", text),
        };
        golden.compare(&case.join(name), &text);
    }
    golden.finish();
}

/// These ask by system calls, so their answers cannot be recorded: unit tests stand in their files, and systemd has a test
/// file of its own.
const ASK_WITHOUT_FILES: &[&str] = &["systemd", "tcpstat", "time", "timex", "uname"];

#[test]
fn every_collector_has_a_recorded_tree() {
    let mut tested: BTreeSet<String> = cases().iter().map(|case| collector_name(case)).collect();
    tested.extend(ASK_WITHOUT_FILES.iter().map(|name| name.to_string()));
    let missing: Vec<_> = COLLECTORS.iter().map(|c| c.name).filter(|name| !tested.contains(*name)).collect();
    assert!(missing.is_empty(), "no folder in tests/exporter/host for {missing:?}");
}

#[test]
fn every_sample_is_declared() {
    for case in cases() {
        let collector = collector(&case);
        let Ok(text) = answer(&case) else { continue };
        if !text.is_empty() {
            read_text(text.as_bytes()).unwrap_or_else(|problem| panic!("{}: {problem}", case.display()));
        }
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, kind) = line.split_once(' ').unwrap();
            let declared = collector.metrics.iter().find(|metric| metric.covers(name));
            if declared.is_none() && PASS_ON.contains(&collector.name) {
                continue;
            }
            let declared = declared.unwrap_or_else(|| panic!("{}: {name} is not declared", collector.name));
            assert_eq!(declared.kind.word(), kind, "{name}");
        }
    }
}

pub fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("exporter/host");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn collector_name(case: &Path) -> String {
    let name = case.file_name().unwrap().to_string_lossy();
    name.split_once('.').map_or(&*name, |(collector, _)| collector).to_owned()
}

pub fn collector(case: &Path) -> &'static Collector {
    let name = collector_name(case);
    COLLECTORS.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no collector for {}", case.display()))
}

/// The answer must not depend on files being opened for the first time.
fn answer(case: &Path) -> Result<String, String> {
    let mut answers = answers(case)?;
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{}: the answer changes", case.display());
    answers.remove(0)
}

/// What the collector answers in three runs; an error where it refuses its settings.
pub fn answers(case: &Path) -> Result<Vec<Result<String, String>>, String> {
    let paths = Paths {
        procfs: case.join("proc"),
        sysfs: case.join("sys"),
        rootfs: case.join("root"),
        udev_data: case.join("udev"),
    };
    date_files(&case.join("root"));
    let mut host = Host::new(paths);
    let mut read = (collector(case).start)(&settings(case)).map_err(|bad| format!("{bad}\n"))?;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let mut batch = Batch::new(10_000);
        let deadline = Instant::now() + Duration::from_secs(5);
        let result = host.visit(deadline, |host| read(host, &mut batch));
        let (text, _) = encode(&[Arc::new(batch.seal().0)], Format::default());
        let text = String::from_utf8(text).unwrap();
        let here = case.display().to_string();
        answers.push(match result {
            Ok(()) => Ok(text.replace(&here, "")),
            Err(failure) => Err(format!("{failure}\n{text}").replace(&here, "")),
        });
    }
    Ok(answers)
}

fn settings(case: &Path) -> Settings {
    let mut settings = Settings::default();
    let mut given: BTreeMap<&str, String> = BTreeMap::new();
    let text = fs::read_to_string(case.join("settings")).unwrap_or_default();
    let text = text.replace("$CASE", &case.display().to_string());
    for line in text.lines() {
        let (name, value) = line.split_once('=').unwrap();
        // A flag that is given several times is one text of several lines.
        given.entry(name).and_modify(|earlier| *earlier += &format!("\n{value}")).or_insert(value.to_owned());
    }
    for (name, value) in given {
        let all = &collector(case).settings;
        let setting = all.iter().find(|setting| setting.name == name).unwrap_or_else(|| panic!("no setting {name}"));
        settings.set(setting, value);
    }
    settings
}

/// Gives all files below one date: version control keeps none, and some answers tell it.
fn date_files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            date_files(&entry.path());
        } else if let Ok(file) = fs::File::open(entry.path()) {
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500)).unwrap();
        }
    }
}
