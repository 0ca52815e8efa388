//! The exporter and node_exporter on the same host at the same time: the same names, types, labels and values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    time::Duration,
};

use stack_tests::{
    exporter::{Started, get},
    exposition::{Families, read_text},
    tools::{Running, free_port, newest, tool, wait_for},
};

/// Collectors compared: all that answer on an ordinary machine.
const COLLECTORS: &[&str] = &[
    "arp",
    "bonding",
    "btrfs",
    "conntrack",
    "cpu",
    "cpufreq",
    "diskstats",
    "dmi",
    "edac",
    "entropy",
    "filefd",
    "filesystem",
    "hwmon",
    "interrupts",
    "ipvs",
    "loadavg",
    "mdadm",
    "meminfo",
    "netclass",
    "netdev",
    "netstat",
    "nvme",
    "os",
    "powersupplyclass",
    "pressure",
    "processes",
    "rapl",
    "schedstat",
    "selinux",
    "sockstat",
    "softirqs",
    "softnet",
    "stat",
    "tcpstat",
    "textfile",
    "thermal_zone",
    "time",
    "timex",
    "udp_queues",
    "uname",
    "vmstat",
    "xfs",
];

/// Series that are about the exporters themselves, not about the host.
const OWN: &[&str] = &["node_scrape_collector_", "node_exporter_build_info"];

type Series = BTreeMap<(String, BTreeMap<String, String>), f64>;

fn host_series(families: &Families) -> Series {
    let samples =
        families.iter().filter(|(name, _)| name.starts_with("node_") && !OWN.iter().any(|own| name.starts_with(own)));
    samples.flat_map(|(_, f)| &f.samples).map(|s| ((s.name.clone(), s.labels.clone()), s.value)).collect()
}

fn theirs(program: &Path, flags: &[String]) -> (Running, String) {
    let port = free_port();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(program);
    command.arg(format!("--web.listen-address=127.0.0.1:{port}")).args(flags);
    let process = Running::start(&mut command, log.path());
    let url = format!("http://127.0.0.1:{port}/metrics");
    wait_for("node_exporter listens", Duration::from_secs(10), || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    (process, url)
}

fn read_node_exporter(url: &str) -> Families {
    let body = get(url, &[]).body;
    read_text(&body).unwrap_or_else(|problem| panic!("node_exporter: {problem}"))
}

/// Differences that are meant, by the name of the family. Each says why.
fn is_meant(name: &str, newer: bool) -> bool {
    let always = [
        // Ours are every line of /proc/meminfo; theirs a fixed list since 1.9.
        name.starts_with("node_memory_"),
        // 1.11 has its label `rotational` the wrong way round, and overlooks mounts that are read-only as a whole; 1.12
        // has both right, as we have.
        name == "node_disk_info",
        name == "node_filesystem_readonly",
        // A state that no process and no connection has at the moment has no series.
        matches!(name, "node_processes_state" | "node_processes_threads_state" | "node_tcp_connection_states"),
    ];
    // Families and labels that came or changed between 1.5 and 1.11.
    let since_then = [
        "node_arp_",
        "node_cpu_online",
        "node_cpu_isolated",
        "node_cpu_info",
        "node_cpu_frequency",
        "node_disk_",
        "node_dmi_",
        "node_filesystem_",
        "node_interrupts",
        "node_network_",
        "node_os_",
        "node_pressure_irq",
        "node_processes_",
        "node_selinux",
        "node_softirqs_functions",
        "node_softnet_",
        "node_tcp_",
        "node_time_",
        "node_xfs",
        "node_udp",
        "node_netstat_",
        "node_sockstat",
        "node_hwmon",
        "node_thermal",
        "node_cooling",
        "node_kernel",
        "node_vmstat",
    ];
    always.contains(&true) || (!newer && since_then.iter().any(|prefix| name.starts_with(prefix)))
}

fn compare(program: &Path, newer: bool) {
    let textfiles = tempfile::tempdir().unwrap();
    fs::write(
        textfiles.path().join("a.prom"),
        "# HELP node_test_a A.\n# TYPE node_test_a gauge\nnode_test_a{x=\"y\"} 1\n",
    )
    .unwrap();
    let mut flags = vec!["--collector.disable-defaults".to_owned()];
    flags.extend(COLLECTORS.iter().map(|name| format!("--collector.{name}")));
    flags.push(format!("--collector.textfile.directory={}", textfiles.path().display()));
    // Debian patches the defaults of its build; equal settings are compared, not the packager's taste.
    flags.push("--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|var/lib/docker/.+)($|/)".to_owned());
    let ours = Started::new(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    let old = ["selinux", "softirqs", "kernel_hung"];
    let flags: Vec<_> = flags.into_iter().filter(|f| newer || !old.iter().any(|o| f.ends_with(o))).collect();
    let (_process, url) = theirs(program, &flags);
    // Theirs before and after ours: what moves between the two is a live value, and ours must lie between.
    let before = read_node_exporter(&url);
    let ours = read_text(&get(&ours.url("/metrics"), &[]).body).unwrap();
    let after = read_node_exporter(&url);
    let mut wrong = Vec::new();
    for (name, family) in before.iter().filter(|(name, _)| name.starts_with("node_") && !is_meant(name, newer)) {
        let kind = ours.get(name).map(|family| family.kind.clone());
        if kind.as_deref().is_some_and(|kind| kind != family.kind) {
            wrong.push(format!("{name} is {kind:?}, theirs {}", family.kind));
        }
    }
    let (first, ours, last) = (host_series(&before), host_series(&ours), host_series(&after));
    let stable: BTreeSet<_> = first.keys().filter(|key| last.contains_key(*key)).collect();
    for key in stable.iter().filter(|key| !is_meant(&key.0, newer)) {
        match ours.get(*key) {
            None => wrong.push(format!("{} {:?} is missing", key.0, key.1)),
            Some(value) if !lies_between(&key.0, first[*key], *value, last[*key]) => {
                wrong.push(format!("{} {:?} is {value}, theirs {} to {}", key.0, key.1, first[*key], last[*key]));
            }
            Some(_) => {}
        }
    }
    for key in ours.keys().filter(|key| !first.contains_key(*key) && !last.contains_key(*key)) {
        if !is_meant(&key.0, newer) {
            wrong.push(format!("{} {:?} is only ours", key.0, key.1));
        }
    }
    assert!(stable.len() > 250, "only {} series to compare", stable.len());
    assert!(wrong.is_empty(), "{} of {} series differ:\n{}", wrong.len(), stable.len(), wrong.join("\n"));
}

/// Families that jump between any two looks.
const LIVELY: &[&str] = &[
    "node_load",
    "node_procs_",
    "node_processes_",
    "node_memory_",
    "node_tcp_",
    "node_sockstat_",
    "node_timex_",
    "node_filefd_allocated",
    "node_entropy",
];

/// What stands still must be equal; what moves must lie between, give or take one step.
fn lies_between(name: &str, first: f64, ours: f64, last: f64) -> bool {
    if first.is_nan() || last.is_nan() {
        return ours.is_nan();
    }
    let moved = (last - first).abs();
    let lively = LIVELY.iter().any(|lively| name.starts_with(lively));
    let slack = if lively { moved + 0.2 * first.abs() + 20.0 } else { moved + 1e-9 * first.abs() };
    ours >= first.min(last) - slack && ours <= first.max(last) + slack
}

#[test]
fn the_same_series_as_debians_node_exporter() {
    compare(&tool("prometheus-node-exporter"), false);
}

#[test]
fn the_same_series_as_node_exporter_1_11() {
    match newest("prometheus-node-exporter") {
        Some(program) => compare(&program, true),
        None => eprintln!("NOT RUN: node_exporter 1.11 could not be had on this machine"),
    }
}
