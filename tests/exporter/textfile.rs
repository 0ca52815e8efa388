//! The collector `textfile` and files that a recorded tree cannot hold.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use stack_exporter::{
    exposition::{Format, encode},
    metric::Batch,
    sources::host::{COLLECTORS, Host, Paths, Settings},
};

#[test]
fn a_huge_file_and_a_pipe_cost_only_themselves() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.prom"), "good 1\n").unwrap();
    fs::write(folder.path().join("huge.prom"), "huge 1\n".repeat(10 << 20 >> 3)).unwrap();
    fs::create_dir(folder.path().join("folder.prom")).unwrap();
    // Whoever opens a pipe that nobody writes to waits for ever.
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.prom")).status().unwrap().success());
    let start = Instant::now();
    let text = collect(folder.path());
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(text.contains("\ngood 1\n") && text.contains("\nnode_textfile_scrape_error 1\n"), "{text}");
    assert!(!text.contains("huge"), "{text}");
}

#[test]
fn a_file_of_more_series_than_the_budget_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let many: String = (0..20_000).map(|i| format!("many{{n=\"{i}\"}} 1\n")).collect();
    fs::write(folder.path().join("many.prom"), many).unwrap();
    let text = collect(folder.path());
    assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), 1_000);
    assert!(text.contains("\nnode_textfile_scrape_error 0\n"));
}

fn collect(folder: &Path) -> String {
    let textfile = COLLECTORS.iter().find(|collector| collector.name == "textfile").unwrap();
    let mut settings = Settings::default();
    settings.set(&textfile.settings[0], folder.display().to_string());
    let mut read = (textfile.start)(&settings).unwrap();
    let mut batch = Batch::new(1_000);
    let mut host = Host::new(Paths::default());
    host.visit(Instant::now() + Duration::from_secs(5), |host| read(host, &mut batch)).unwrap();
    let (text, _) = encode(&[Arc::new(batch.seal().0)], Format::default());
    String::from_utf8(text).unwrap()
}
