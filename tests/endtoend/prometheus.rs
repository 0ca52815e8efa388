//! A real Prometheus as judge: every format that it asks for is one it takes.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::Value;
use stack_tests::{
    exporter::{Started, get},
    tools::{Running, free_port, newest, tool, wait_for},
};

/// A Prometheus with a configuration of the test's own.
pub struct Prometheus {
    /// Where it listens.
    pub url: String,
    _process: Running,
}

impl Prometheus {
    /// Starts it in a folder that holds its `prometheus.yml`.
    pub fn start(program: &Path, folder: &Path, flags: &[&str]) -> Self {
        let port = free_port();
        let mut command = Command::new(program);
        command
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("tsdb").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            // Alerts of the first evaluation are lost while Prometheus does not know its Alertmanager yet.
            .arg("--rules.alert.resend-delay=1s")
            .args(flags);
        let process = Running::start(&mut command, &folder.join("prometheus.log"));
        let url = format!("http://127.0.0.1:{port}");
        let started = Self { url, _process: process };
        wait_for("Prometheus gets ready", Duration::from_secs(30), || {
            let log = fs::read_to_string(folder.join("prometheus.log")).unwrap();
            assert!(!log.contains("level=error"), "{log}");
            let stream = std::net::TcpStream::connect(("127.0.0.1", port));
            stream.ok().filter(|_| get(&format!("{}/-/ready", started.url), &[]).status == 200)
        });
        started
    }

    /// The samples of an instant query: labels and value.
    pub fn query(&self, query: &str) -> Vec<(Value, f64)> {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = get(&format!("{}/api/v1/query?query={encoded}", self.url), &[]);
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        let samples = answer["data"]["result"].as_array().cloned().unwrap_or_default();
        samples.into_iter().map(|s| (s["metric"].clone(), s["value"][1].as_str().unwrap().parse().unwrap())).collect()
    }
}

fn scrapes(program: &Path, flags: &[&str]) {
    // Every collector that finds anything on an ordinary machine, those that are off by default too.
    let on = ["processes", "interrupts", "softirqs", "tcpstat", "cpu.info"].map(|name| format!("--collector.{name}"));
    let exporter = Started::new(&on.each_ref().map(String::as_str));
    let folder = tempfile::tempdir().unwrap();
    let target = &exporter.address;
    let config = format!(
        "global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}\n\
         scrape_configs: [{{job_name: stack, static_configs: [{{targets: ['{target}']}}]}}]\n"
    );
    fs::write(folder.path().join("prometheus.yml"), config).unwrap();
    let prometheus = Prometheus::start(program, folder.path(), flags);
    wait_for("three scrapes", Duration::from_secs(20), || {
        (prometheus.query("count_over_time(up[1m])").first()?.1 >= 3.0).then_some(())
    });
    assert_eq!(prometheus.query("min_over_time(up[1m])")[0].1, 1.0, "a scrape failed");
    let taken = prometheus.query("scrape_samples_scraped")[0].1;
    let direct = get(&exporter.url("/metrics"), &[]).text().lines().filter(|line| !line.starts_with('#')).count();
    assert!((taken - direct as f64).abs() < direct as f64 * 0.1, "Prometheus took {taken} of {direct} samples");
    for name in ["node_load1", "node_cpu_seconds_total", "node_filesystem_avail_bytes", "node_memory_MemTotal_bytes"] {
        assert!(!prometheus.query(name).is_empty(), "{name}");
    }
    let types = get(&format!("{}/api/v1/metadata", prometheus.url), &[]);
    let types: Value = serde_json::from_slice(&types.body).unwrap();
    assert_eq!(types["data"]["node_load1"][0]["type"], "gauge");
}

#[test]
fn prometheus_takes_every_scrape() {
    scrapes(&tool("prometheus"), &[]);
}

#[test]
fn prometheus_takes_protobuf() {
    scrapes(&tool("prometheus"), &["--enable-feature=native-histograms"]);
}

#[test]
fn the_newest_prometheus_takes_every_scrape() {
    match newest("prometheus") {
        Some(program) => scrapes(&program, &[]),
        None => eprintln!("NOT RUN: the newest Prometheus could not be had on this machine"),
    }
}
