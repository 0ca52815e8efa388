//! From a full disk to a message, on real parts. The rules are compiled as a drill: durations are short, thresholds are
//! those that people rely on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use serde_json::Value;
use stack_tests::{
    exporter::{Started, get},
    tools::{Running, free_port, program, tool, wait_for, with_its_data},
    webhook::{Told, Webhook},
};

use crate::prometheus::Prometheus;

/// A file system of its own on a sparse file, as large as a real one and as small as an empty one.
struct Disk {
    folder: tempfile::TempDir,
    mount: PathBuf,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (image, mount) = (folder.path().join("image"), folder.path().join("disk"));
        fs::create_dir(&mount).unwrap();
        fs::File::create(&image).unwrap().set_len(11 << 30).unwrap();
        run(Command::new("mkfs.ext4").arg("-qF").arg(&image));
        let mounted = Command::new("mount").args(["-o", "loop"]).args([&image, &mount]).output().unwrap();
        assert!(mounted.status.success(), "this test mounts a disk and needs root for it: {mounted:?}");
        Self { folder, mount }
    }

    /// Takes space without writing it.
    fn fill(&self) {
        run(Command::new("fallocate").args(["-l", "10G"]).arg(self.mount.join("fill")));
    }

    fn empty(&self) {
        fs::remove_file(self.mount.join("fill")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.mount).status();
        let _ = self.folder.path();
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Exporter, Prometheus, Alertmanager and receiver, all started and talking.
struct Chain {
    webhook: Webhook,
    prometheus: Prometheus,
    alertmanager: String,
    exporter: Option<Started>,
    _processes: Vec<Running>,
    _folder: tempfile::TempDir,
}

impl Chain {
    fn start(exporter: Started) -> Self {
        let webhook = Webhook::start();
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let deliver = format!("http://{}", webhook.address);
        let build = ["build", "--drill", "1s", "--deliver-to", &deliver, "--out"];
        run(Command::new(program("rulegen")).current_dir(root).args(build).arg(folder.path()));
        let rules = folder.path().join("rules/generated");
        let port = free_port();
        let mut command = with_its_data(&tool("prometheus-alertmanager"));
        command
            .arg(format!("--config.file={}", rules.join("alertmanager.yml").display()))
            .arg(format!("--storage.path={}", folder.path().join("alertmanager").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=");
        let log = folder.path().join("alertmanager.log");
        let running = Running::start(&mut command, &log);
        wait_for("Alertmanager listens", Duration::from_secs(20), || {
            let said = fs::read_to_string(&log).unwrap();
            assert!(!said.contains("failed") && !said.contains("denied"), "{said}");
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        let config = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n\
             rule_files: ['{}/agi-engineer/alerts.yml']\n\
             alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]}}\n\
             scrape_configs: [{{job_name: stack, static_configs: [{{targets: ['{}']}}]}}]\n",
            rules.display(),
            exporter.address,
        );
        fs::write(folder.path().join("prometheus.yml"), config).unwrap();
        let prometheus = Prometheus::start(&tool("prometheus"), folder.path(), &[]);
        let alertmanager = format!("http://127.0.0.1:{port}");
        Self { webhook, prometheus, alertmanager, exporter: Some(exporter), _processes: vec![running], _folder: folder }
    }

    /// What was told of an alert, without the alert that always fires.
    fn told(&self) -> Vec<Told> {
        let told = self.webhook.told();
        told.into_iter().filter(|told| told.label("alertname") != "Watchdog").collect()
    }

    fn wait_told(&self, alert: &str, status: &str) -> Told {
        wait_for(&format!("{alert} {status}"), Duration::from_secs(60), || {
            self.told().into_iter().find(|told| told.label("alertname") == alert && told.status == status)
        })
    }

    /// Panels of the compiled dashboard that show nothing now, by their queries.
    fn empty_panels(&self) -> Vec<String> {
        let board = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboards/agi-engineer.json");
        let board: Value = serde_json::from_slice(&fs::read(board).unwrap()).unwrap();
        let panels = board["panels"].as_array().unwrap().iter();
        // A collapsed row holds its panels inside.
        let panels =
            panels.flat_map(|panel| std::iter::once(panel).chain(panel["panels"].as_array().into_iter().flatten()));
        let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
        let queries: Vec<_> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
        assert!(queries.len() > 10, "only {} queries", queries.len());
        let filled = queries
            .iter()
            .map(|q| q.replace("$job", ".+").replace("$instance", ".+").replace("$__rate_interval", "10s"));
        filled.filter(|query| self.prometheus.query(query).is_empty()).collect()
    }

    /// Whether a quiet window of the spec is open now, in which the lesser severities tell nobody.
    fn is_quiet(&self) -> bool {
        let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
        let (day, hour) = (now.weekday(), now.hour());
        let last_week = i16::from(now.day()) + 7 > i16::from(now.days_in_month());
        (day == jiff::civil::Weekday::Tuesday && hour == 2)
            || (day == jiff::civil::Weekday::Saturday && last_week && (2..4).contains(&hour))
    }
}

/// Share of processor time that this machine has been busy for, as the kernel counts it: a second opinion on `CpuHigh`.
struct Busy([f64; 2]);

impl Busy {
    fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap();
        let times: Vec<f64> =
            stat.lines().next().unwrap().split_whitespace().skip(1).map(|t| t.parse().unwrap()).collect();
        let (all, idle) = (times.iter().take(8).sum::<f64>(), times[3] + times[4]);
        Self([all, all - idle])
    }

    fn share_since(&self) -> f64 {
        let Self([all, busy]) = Self::now();
        (busy - self.0[1]) / (all - self.0[0])
    }
}

/// The exporter of the drill. It looks at the test's own disk only: in a drill the hours of a forecast are seconds, and
/// whatever else is written on the machine would fill its disks within days. And a clock that nobody keeps is a fault of
/// the machine, and rightly an alert; the tests' machines are not all at fault in the same way.
fn exporter(disk: &Disk) -> Started {
    let mounts = format!("--collector.filesystem.mount-points-include=^{}$", disk.mount.display());
    Started::new(&["--no-collector.timex", &mounts])
}

#[test]
fn a_full_disk_becomes_a_message_and_an_empty_one_takes_it_back() {
    let disk = Disk::new();
    let chain = Chain::start(exporter(&disk));
    // The alert that always fires shows that the whole way is open.
    let alive = wait_for("the dead man's switch", Duration::from_secs(40), || {
        chain.webhook.told().into_iter().find(|told| told.label("alertname") == "Watchdog")
    });
    assert_eq!(alive.receiver, "agi-engineer/dead-mans-switch");
    // Longer than the longest `for` of the drill: on a healthy host nobody is told anything.
    let since = Busy::now();
    std::thread::sleep(Duration::from_secs(20));
    let busy = since.share_since() > 0.7;
    // Tests may run on a machine that others load; then this one alert is the truth.
    let unfounded = |told: &Told| told.label("alertname") != "CpuHigh" || !busy;
    let told: Vec<_> = chain.told().into_iter().filter(unfounded).collect();
    assert!(told.is_empty(), "a healthy host: {told:#?}");
    // Nothing fails, and what this exporter was not asked for is not there; everything else shows.
    let silent = ["ALERTS{", "node_scrape_collector_failure{", "node_systemd_", "node_timex_"];
    let empty = chain.empty_panels();
    let unexpected: Vec<_> = empty.iter().filter(|query| !silent.iter().any(|name| query.contains(name))).collect();
    assert!(unexpected.is_empty(), "panels without data: {unexpected:#?}");
    let quiet = chain.is_quiet();
    disk.fill();
    let filled = Instant::now();
    if quiet {
        wait_for("the alert fires", Duration::from_secs(60), || {
            let firing = chain.prometheus.query("ALERTS{alertname=\"DiskUsageHigh\",alertstate=\"firing\"}");
            (!firing.is_empty()).then_some(())
        });
        std::thread::sleep(Duration::from_secs(10));
        let told: Vec<_> = chain.told().into_iter().filter(|told| told.label("severity") > "SEV-2").collect();
        assert!(told.is_empty(), "told in a quiet window: {told:#?}");
        return;
    }
    let mount = disk.mount.to_str().unwrap();
    for (alert, severity) in [("DiskSpaceWarning", "SEV-3"), ("DiskUsageHigh", "SEV-4")] {
        let told = chain.wait_told(alert, "firing");
        eprintln!("{alert}: {:.1} s from fault to message", (told.at - filled).as_secs_f64());
        assert_eq!(told.receiver, "agi-engineer/incident-response");
        assert_eq!((told.label("severity"), told.label("mountpoint")), (severity, mount));
        let summary = told.alert["annotations"]["summary"].as_str().unwrap();
        assert!(summary.contains(mount), "{summary}");
    }
    assert!(!chain.empty_panels().iter().any(|query| query.contains("ALERTS{")), "the board does not show the alerts");
    disk.empty();
    for alert in ["DiskSpaceWarning", "DiskUsageHigh"] {
        chain.wait_told(alert, "resolved");
    }
    let told = chain.told().into_iter().filter(unfounded);
    let others: Vec<_> = told.filter(|told| !told.label("alertname").starts_with("Disk")).collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn a_dead_exporter_is_a_page() {
    let mut chain = Chain::start(Started::new(&[]));
    wait_for("a first scrape", Duration::from_secs(20), || chain.prometheus.query("up{job=\"stack\"} == 1").pop());
    drop(chain.exporter.take());
    let told = chain.wait_told("ExporterDown", "firing");
    // Pages are never muted, so this holds in quiet windows too.
    assert_eq!((&*told.receiver, told.label("severity")), ("agi-engineer/oncall", "SEV-2"));
    let alerts = get(&format!("{}/api/v2/alerts", chain.alertmanager), &[]);
    let alerts: Value = serde_json::from_slice(&alerts.body).unwrap();
    assert!(alerts.to_string().contains("ExporterDown"));
}
