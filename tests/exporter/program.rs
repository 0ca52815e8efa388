//! The program as people start it: flags, one-line errors, signals.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::process::ExitStatusExt,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use stack_tests::{
    exporter::{Started, get},
    exposition::read_text,
    tools::program,
};

fn run(arguments: &[&str]) -> Output {
    Command::new(program("stack_exporter")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What it says on standard error when it does not start: one line, and exit code 1.
fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[test]
fn a_bad_start_is_one_clear_line() {
    let text = refusal(&["--colector.arp"]);
    assert!(text.contains("--colector.arp") && text.contains("'--collector.arp'"), "{text}");
    let text = refusal(&["--collector.arp.device-include=("]);
    assert!(text.contains("arp.device-include") && text.contains("unclosed group"), "{text}");
    let text = refusal(&["--web.telemetry-path=metrics"]);
    assert!(text.contains("telemetry-path") && text.contains("begins with /"), "{text}");
    let text = refusal(&["--log.level=loud"]);
    assert!(text.contains("--log.level") && text.contains("debug"), "{text}");
    let text = refusal(&["--config.file=/nowhere/x.yml"]);
    assert!(text.contains("/nowhere/x.yml"), "{text}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = refusal(&["--web.listen-address", &address]);
    assert!(text.contains(&address) && text.contains("another process"), "{text}");
}

#[test]
fn a_bad_file_names_line_and_column() {
    let cases = [
        ("web:\n  listen_adresses: []\n", ":2:3: ", "listen_adresses"),
        ("host:\n  collectors:\n    lodavg: true\n    meminf: true\n", ":3:", "`loadavg`"),
        ("host:\n  settings:\n    arp.device-inclde: x\n", ":3:", "`arp.device-include`"),
        ("host: {\n", ":1:7: ", "unclosed"),
        ("log: {level: info}\nlog: {level: warn}\n", ":2:1: ", "duplicate"),
        ("scrape: {longest_seconds: .nan}\n", ": ", "longest_seconds"),
    ];
    for (text, place, word) in cases {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let path = file.path().to_str().unwrap();
        let output = run(&["check-config", "--config.file", path]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}: {said}");
        assert!(said.contains(&format!("{path}{place}")) && said.contains(word), "{text}: {said}");
    }
    // All at once.
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(cases[1].0.as_bytes()).unwrap();
    let output = run(&["check-config", "--config.file", file.path().to_str().unwrap()]);
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 2);
}

#[test]
fn flags_win_over_the_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"host:\n  disable_defaults: true\n  collectors: {loadavg: true, arp: true}\n").unwrap();
    let path = file.path().to_str().unwrap();
    let output = run(&["once", "--config.file", path, "--no-collector.arp", "--collector.meminfo"]);
    let families = read_text(&output.stdout).unwrap();
    let ran = &families["node_scrape_collector_success"].samples;
    let ran: Vec<_> = ran.iter().map(|sample| &*sample.labels["collector"]).collect();
    assert_eq!(ran, ["loadavg", "meminfo"]);
}

#[test]
fn former_names_of_flags_are_known() {
    let only = ["once", "--collector.disable-defaults", "--collector.netdev"];
    let families = |flag: &str| read_text(&run(&[&only[..], &[flag]].concat()).stdout).unwrap();
    assert!(families("--collector.netdev.device-whitelist=^lo$").contains_key("node_network_receive_bytes_total"));
    assert!(!families("--collector.netdev.device-blacklist=.*").contains_key("node_network_receive_bytes_total"));
}

#[test]
fn missing_and_broken_kernel_files_cost_only_their_collector() {
    let proc = tempfile::tempdir().unwrap();
    fs::write(proc.path().join("loadavg"), b"\xff\xfe garbage").unwrap();
    fs::write(proc.path().join("meminfo"), "MemTotal: 1 kB\n").unwrap();
    let procfs = format!("--path.procfs={}", proc.path().display());
    let on = ["--collector.disable-defaults", "--collector.loadavg", "--collector.meminfo", "--collector.arp"];
    let exporter = Started::new(&[&procfs, on[0], on[1], on[2], on[3]]);
    let families = read_text(&get(&exporter.url("/metrics"), &[]).body).unwrap();
    assert_eq!(families["node_memory_MemTotal_bytes"].samples[0].value, 1024.0);
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(120));
        get(&exporter.url("/metrics"), &[]);
    }
    let log = exporter.stop();
    assert_eq!(log.matches("collector=loadavg").count(), 1, "one line for each change, no more: {log}");
    assert!(log.contains("reason=parse") && log.contains("garbage") && log.contains("net/arp"), "{log}");
}

/// A host with many devices, or a unit file with a low limit: files are then opened for each read, and nothing fails.
#[test]
fn few_file_descriptors_are_enough() {
    let limited = Command::new("prlimit")
        .arg("--nofile=24")
        .arg(program("stack_exporter"))
        .args(["once", "--collector.disable-defaults", "--collector.netclass", "--collector.cpu", "--collector.vmstat"])
        .output()
        .unwrap();
    let families = read_text(&limited.stdout).unwrap();
    let all_well = families["node_scrape_collector_success"].samples.iter().all(|sample| sample.value == 1.0);
    assert!(all_well, "{}", String::from_utf8_lossy(&limited.stderr));
    assert!(families["process_open_fds"].samples[0].value < 24.0);
}

#[test]
fn json_log() {
    let exporter = Command::new(program("stack_exporter"))
        .args(["--log.format=json", "--web.listen-address=127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(500));
    Command::new("kill").args(["-TERM", &exporter.id().to_string()]).status().unwrap();
    let output = exporter.wait_with_output().unwrap();
    for line in String::from_utf8(output.stderr).unwrap().lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn sigterm_ends_it_within_three_seconds_whatever_hangs() {
    let mut exporter = Started::new(&[]);
    // An idle keep-alive connection, and one in the middle of a head.
    let _idle = std::net::TcpStream::connect(&exporter.address).unwrap();
    let mut half = std::net::TcpStream::connect(&exporter.address).unwrap();
    half.write_all(b"GET /metr").unwrap();
    thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    Command::new("kill").args(["-TERM", &exporter.child.id().to_string()]).status().unwrap();
    let status = exporter.child.wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!((status.code(), status.signal()), (Some(0), None));
    assert!(exporter.stop().contains("stopping"));
}

#[test]
fn nothing_leaks_over_ten_thousand_scrapes() {
    let exporter = Started::new(&[]);
    let mut stream = std::net::TcpStream::connect(&exporter.address).unwrap();
    let mut scrape = |count: usize| {
        let mut answer = vec![0; 1 << 20];
        for _ in 0..count {
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            read_answer(&mut stream, &mut answer);
        }
    };
    scrape(500);
    let before = (exporter.handles(), resident(&exporter));
    scrape(10_000);
    let after = (exporter.handles(), resident(&exporter));
    assert_eq!(before.0, after.0, "file descriptors and threads");
    assert!(after.1 < before.1 + (1 << 20), "memory grew from {} to {}", before.1, after.1);
}

fn resident(exporter: &Started) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", exporter.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn read_answer(stream: &mut std::net::TcpStream, buffer: &mut [u8]) {
    use std::io::Read;
    let mut filled = 0;
    loop {
        filled += stream.read(&mut buffer[filled..]).unwrap();
        let text = &buffer[..filled];
        let Some(head) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head_text = String::from_utf8_lossy(&text[..head]).to_lowercase();
        let length: usize =
            head_text.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        if filled == head + 4 + length {
            return;
        }
    }
}

/// The example in the reference must be a configuration that works.
#[test]
fn the_documented_configuration_is_good() {
    let page = include_str!("../../docs/exporter.head.md");
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(example.as_bytes()).unwrap();
    let output = run(&["check-config", "--config.file", file.path().to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
}
