//! The collector `systemd` against a real D-Bus daemon (Debian: `dbus-daemon`) with a small stand-in for systemd.
//!
//! The address of the bus comes from the environment, which a test cannot change for itself; so each case runs the
//! program.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::net::UnixListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use stack_exporter::sources::host::{COLLECTORS, Settings};
use stack_tests::{golden, tools::program};
use zbus::{OwnedObjectPath, connection::Builder, interface};

const ALL: &str = "systemd.enable-task-metrics systemd.enable-restarts-metrics systemd.enable-start-time-metrics";

#[test]
fn units_become_series() {
    let folder = tempfile::tempdir().unwrap();
    let (daemon, address) = Daemon::start(folder.path());
    stand_in(&address);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("exporter/systemd");
    let mut golden = golden::Run::default();
    golden.compare(&here.join("default.prom"), &collect(&address, ""));
    golden.compare(&here.join("all.prom"), &collect(&address, ALL));
    golden.compare(
        &here.join("filtered.prom"),
        &collect(&address, r"systemd.unit-include=.+\.mount systemd.unit-exclude=sys-.+"),
    );
    golden.finish();
    drop(daemon);
}

#[test]
fn a_bus_without_systemd_and_no_bus_and_a_silent_bus() {
    let folder = tempfile::tempdir().unwrap();
    let (daemon, address) = Daemon::start(folder.path());
    let log = collect(&address, "");
    assert!(log.contains("reason=missing") && log.contains("org.freedesktop.DBus.Error.ServiceUnknown"), "{log}");
    drop(daemon);
    let nowhere = format!("unix:path={}", folder.path().join("nothing").display());
    let log = collect(&nowhere, "");
    assert!(log.contains("reason=missing") && log.contains(&nowhere), "{log}");
    assert!(collect("nonsense", "").contains("reason=io"));
    let silent = folder.path().join("silent");
    let _listener = UnixListener::bind(&silent).unwrap();
    let start = Instant::now();
    let log = collect(&format!("unix:path={}", silent.display()), "");
    assert!(log.contains("reason=timeout"), "{log}");
    assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
}

#[test]
fn a_bad_pattern_is_told_before_anything_runs() {
    let systemd = COLLECTORS.iter().find(|collector| collector.name == "systemd").unwrap();
    let mut settings = Settings::default();
    settings.set(&systemd.settings[0], "(");
    let bad = (systemd.start)(&settings).err().unwrap().to_string();
    assert!(bad.starts_with("--collector.systemd.unit-include=\"(\": "), "{bad}");
}

/// What the program says of systemd: its families, or why there are none.
fn collect(address: &str, settings: &str) -> String {
    let run = Command::new(program("stack_exporter"))
        .args(["once", "--collector.disable-defaults", "--collector.systemd"])
        .args(settings.split_whitespace().map(|setting| format!("--collector.{setting}")))
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .output()
        .unwrap();
    assert!(run.status.success());
    let (text, log) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
    let ours = |line: &&str| line.contains("node_systemd_");
    match text.lines().find(ours) {
        Some(_) => text.lines().filter(ours).map(|line| format!("{line}\n")).collect(),
        None => log,
    }
}

/// A bus of our own.
struct Daemon(Child);

impl Daemon {
    fn start(folder: &Path) -> (Self, String) {
        let config = folder.join("bus.conf");
        let socket = folder.join("bus");
        let rules = ["user", "own", "send_destination", "receive_sender"].map(|rule| format!("<allow {rule}=\"*\"/>"));
        let policy = format!("<policy context=\"default\">{}</policy>", rules.concat());
        let listen = format!("<listen>unix:path={}</listen>", socket.display());
        fs::write(&config, format!("<busconfig>{listen}<auth>EXTERNAL</auth>{policy}</busconfig>")).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            // It complains about limits that only a system bus needs.
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs dbus-daemon (Debian: apt-get install dbus-daemon)");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        (Self(daemon), address.trim().to_owned())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Serves a recorded systemd on the bus for as long as the bus is there.
fn stand_in(address: &str) {
    let (ready, wait) = mpsc::channel();
    let address = address.to_owned();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Builder::address(address.as_str())
                .serve_at("/org/freedesktop/systemd1", Manager)
                .serve_at(object("nginx.service"), Service)
                .serve_at(object("nginx.service"), Active(1_700_000_000_250_000))
                .serve_at(object("idle.service"), OldService)
                .serve_at(object("dbus.socket"), Socket)
                .serve_at(object("dbus.socket"), Active(1_699_000_000_000_000))
                .serve_at(object("backup.timer"), Timer)
                .serve_at(object("srv.mount"), Mount)
                .name("org.freedesktop.systemd1")
                .build()
                .await
                .unwrap();
            ready.send(()).unwrap();
            connection.closed().await;
        });
    });
    wait.recv_timeout(Duration::from_secs(10)).expect("the stand-in is on the bus");
}

/// The path that systemd gives to a unit.
fn object(name: &str) -> String {
    let escaped = name.bytes().map(|byte| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("_{byte:02x}"),
    });
    format!("/org/freedesktop/systemd1/unit/{}", escaped.collect::<String>())
}

struct Manager;
struct Service;
/// As before systemd 235: without restarts and tasks.
struct OldService;
struct Socket;
struct Timer;
struct Mount;
struct Active(u64);

type Row = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

#[interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    fn list_units(&self) -> Vec<Row> {
        let none = || OwnedObjectPath::try_from("/").unwrap();
        [
            ("nginx.service", "loaded", "active"),
            ("idle.service", "loaded", "inactive"),
            ("gone.service", "loaded", "failed"),
            ("missing.service", "not-found", "inactive"),
            ("dbus.socket", "loaded", "active"),
            ("backup.timer", "loaded", "reloading"),
            ("srv.mount", "loaded", "active"),
            ("sys-kernel.mount", "loaded", "active"),
            ("multi-user.target", "loaded", "active"),
        ]
        .map(|(name, load, active)| {
            let texts = [name, "described", load, active, "sub", ""].map(str::to_owned);
            let [name, description, load, active, sub, followed] = texts;
            let path = OwnedObjectPath::try_from(object(&name)).unwrap();
            (name, description, load, active, sub, followed, path, 0, String::new(), none())
        })
        .into()
    }

    #[zbus(property)]
    fn version(&self) -> &str {
        "252.22-1~deb12u1"
    }

    #[zbus(property)]
    fn virtualization(&self) -> &str {
        ""
    }

    #[zbus(property)]
    fn system_state(&self) -> &str {
        "degraded"
    }
}

#[interface(name = "org.freedesktop.systemd1.Service")]
impl Service {
    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        "notify"
    }

    #[zbus(property, name = "NRestarts")]
    fn restarts(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn tasks_current(&self) -> u64 {
        5
    }

    #[zbus(property)]
    fn tasks_max(&self) -> u64 {
        u64::MAX
    }
}

#[interface(name = "org.freedesktop.systemd1.Service")]
impl OldService {
    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        "oneshot"
    }
}

#[interface(name = "org.freedesktop.systemd1.Socket")]
impl Socket {
    #[zbus(property, name = "NAccepted")]
    fn accepted(&self) -> u32 {
        4_000_000_000
    }

    #[zbus(property, name = "NConnections")]
    fn connections(&self) -> u32 {
        2
    }

    /// Not the type that systemd has: it costs this one number.
    #[zbus(property, name = "NRefused")]
    fn refused(&self) -> &str {
        "many"
    }
}

#[interface(name = "org.freedesktop.systemd1.Timer")]
impl Timer {
    #[zbus(property, name = "LastTriggerUSec")]
    fn last_trigger(&self) -> u64 {
        1_700_000_123_456_789
    }
}

#[interface(name = "org.freedesktop.systemd1.Mount")]
impl Mount {
    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        "ext4"
    }
}

#[interface(name = "org.freedesktop.systemd1.Unit")]
impl Active {
    #[zbus(property)]
    fn active_enter_timestamp(&self) -> u64 {
        self.0
    }
}
