//! How full the mounted file systems are.

mod mounts;
mod statfs;

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    time::{Duration, Instant},
};

pub use mounts::{Mount, parse as parse_mounts, text as mounts_text};
use statfs::{Answer, CALLS, Calls, spell};

use super::{Collector, Filter, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const LABELS: &[&str] = &["device", "device_error", "fstype", "mountpoint"];

const ERROR: Descriptor = Descriptor::gauge(
    "node_filesystem_device_error",
    Unit::Bool,
    LABELS,
    "Whether the file system did not say how full it is; device_error tells why.",
);
const READ_ONLY: Descriptor =
    Descriptor::gauge("node_filesystem_readonly", Unit::Bool, LABELS, "Whether the file system is read-only.");
const SIZE: Descriptor =
    Descriptor::gauge("node_filesystem_size_bytes", Unit::Bytes, LABELS, "Size of the file system.");
const FREE: Descriptor = Descriptor::gauge(
    "node_filesystem_free_bytes",
    Unit::Bytes,
    LABELS,
    "Space that nothing occupies, what is reserved for root included.",
);
const AVAILABLE: Descriptor =
    Descriptor::gauge("node_filesystem_avail_bytes", Unit::Bytes, LABELS, "Space that everybody may use.");
const FILES: Descriptor =
    Descriptor::gauge("node_filesystem_files", Unit::Count, LABELS, "Files and directories there is room for.");
const FILES_FREE: Descriptor = Descriptor::gauge(
    "node_filesystem_files_free",
    Unit::Count,
    LABELS,
    "Further files and directories there is room for.",
);
const MOUNT: Descriptor = Descriptor::gauge(
    "node_filesystem_mount_info",
    Unit::Info,
    &["device", "major", "minor", "mountpoint"],
    "Device numbers of a mount.",
);
const PURGEABLE: Descriptor = Descriptor::gauge(
    "node_filesystem_purgeable_bytes",
    Unit::Bytes,
    LABELS,
    "Space that the system can take back by itself; always 0 on Linux.",
);

const POINTS_EXCLUDE: Setting = Setting::text(
    "filesystem.mount-points-exclude",
    "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
    "Mount points to leave out (regular expression).",
);
const POINTS_INCLUDE: Setting =
    Setting::text("filesystem.mount-points-include", "", "Mount points to report (regular expression).");
const KINDS_EXCLUDE: Setting = Setting::text(
    "filesystem.fs-types-exclude",
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay\
     |proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$",
    "Types of file systems to leave out (regular expression).",
);
const KINDS_INCLUDE: Setting =
    Setting::text("filesystem.fs-types-include", "", "Types of file systems to report (regular expression).");
const TIMEOUT: Setting = Setting::text(
    "filesystem.mount-timeout",
    "5s",
    "How long a mount may take to answer; one scrape waits a second at most.",
);
const WORKERS: Setting = Setting::text(
    "filesystem.stat-workers",
    "4",
    "Without effect: one thread asks all mounts, and each that hangs gets one of its own.",
);

/// The collector `filesystem`.
pub const COLLECTOR: Collector = Collector {
    name: "filesystem",
    default: true,
    metrics: &[ERROR, READ_ONLY, SIZE, FREE, AVAILABLE, FILES, FILES_FREE, MOUNT, PURGEABLE],
    settings: &[POINTS_EXCLUDE, POINTS_INCLUDE, KINDS_EXCLUDE, KINDS_INCLUDE, TIMEOUT, WORKERS],
    start: |settings| {
        let points = settings.filter(&POINTS_INCLUDE, &POINTS_EXCLUDE)?;
        let kinds = settings.filter(&KINDS_INCLUDE, &KINDS_EXCLUDE)?;
        let timeout = duration(settings.text(&TIMEOUT))
            .ok_or_else(|| settings.bad(&TIMEOUT, "not a duration such as 5s or 500ms".into()))?;
        settings.number::<u32>(&WORKERS)?;
        Ok(Box::new(move |host, out| read(host, out, &CALLS, (&points, &kinds), timeout)))
    },
};

/// However slow a mount is: the answer of all the others does not wait longer for it than this.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// Time left for writing down the answers.
const MARGIN: Duration = Duration::from_millis(100);

fn read(
    host: &mut Host,
    out: &mut Batch,
    calls: &Calls,
    (points, kinds): (&Filter, &Filter),
    timeout: Duration,
) -> Result<(), Failure> {
    let text = mounts_text(host)?;
    let (mut mounts, odd) = parse_mounts(&text, &host.paths.rootfs);
    mounts.retain(|mount| points.keeps(&mount.point) && kinds.keeps(mount.kind));
    keep_topmost(&mut mounts);
    let (paths, places) = places(&mounts, host);
    let left = host.deadline().saturating_duration_since(Instant::now()).saturating_sub(MARGIN);
    let answers = calls.ask(paths, timeout.min(LONGEST_WAIT).min(left));
    for (mount, place) in mounts.iter().zip(places) {
        push(out, mount, answers.get(place).unwrap_or(&None));
    }
    odd.map_or(Ok(()), Err)
}

/// Of mounts that only device numbers tell apart, the last one covers the others.
fn keep_topmost(mounts: &mut Vec<Mount<'_>>) {
    let mut seen = HashSet::new();
    mounts.reverse();
    mounts.retain(|mount| seen.insert((mount.device, mount.point.clone(), mount.kind)));
    mounts.reverse();
}

/// The paths to ask, each once, and which of them is each mount's: file systems can be stacked on one mount point.
fn places(mounts: &[Mount<'_>], host: &Host) -> (Vec<PathBuf>, Vec<usize>) {
    let mut paths = Vec::new();
    let mut index = HashMap::new();
    let places = mounts.iter().map(|mount| {
        *index.entry(&mount.point).or_insert_with(|| {
            paths.push(mount.path(&host.paths.rootfs));
            paths.len() - 1
        })
    });
    let places = places.collect();
    (paths, places)
}

fn push(out: &mut Batch, mount: &Mount<'_>, answer: &Answer) {
    let (error, usage) = match answer {
        Some(Ok(usage)) => ("", Some(usage)),
        Some(Err(error)) => (&*spell(error), None),
        None => ("mountpoint timeout", None),
    };
    let labels = [mount.device, error, mount.kind, &mount.point];
    out.push(&ERROR, &labels, f64::from(u8::from(usage.is_none())));
    out.push(&READ_ONLY, &labels, f64::from(u8::from(mount.read_only)));
    let Some(usage) = usage else { return };
    out.push(&SIZE, &labels, usage.size);
    out.push(&FREE, &labels, usage.free);
    out.push(&AVAILABLE, &labels, usage.available);
    out.push(&FILES, &labels, usage.files);
    out.push(&FILES_FREE, &labels, usage.files_free);
    out.push(&MOUNT, &[mount.device, mount.major, mount.minor, &mount.point], 1.0);
    out.push(&PURGEABLE, &labels, 0.0);
}

/// `5s`, `1m30s`, `1.5h`, as node_exporter's flag takes it.
fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (unit, after) = after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
        let scale = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|duration| !duration.is_zero())
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn mount<'a>(device: &'a str, point: &'a str, major: &'a str) -> Mount<'a> {
        Mount { device, point: point.into(), kind: "ext4", major, minor: "0", read_only: false }
    }

    #[test]
    fn the_last_of_equal_mounts_stays() {
        let mut mounts = vec![mount("a", "/x", "1"), mount("b", "/x", "2"), mount("a", "/x", "3")];
        keep_topmost(&mut mounts);
        assert_eq!(mounts, [mount("b", "/x", "2"), mount("a", "/x", "3")]);
        let host = Host::new(super::super::Paths::default());
        assert_eq!(places(&mounts, &host), (vec![PathBuf::from("/x")], vec![0, 0]));
    }

    #[test]
    fn each_answer_becomes_its_series() {
        for (answer, families, error) in [
            (Some(Ok(statfs::Usage { size: 8.0, free: 4.0, available: 2.0, files: 9.0, files_free: 3.0 })), 9, ""),
            (Some(Err(io::Error::from_raw_os_error(116))), 2, "stale NFS file handle"),
            (None, 2, "mountpoint timeout"),
        ] {
            let mut out = Batch::new(100);
            push(&mut out, &mount("/dev/sda1", "/", "8"), &answer);
            let (snapshot, _) = out.seal();
            assert_eq!(snapshot.len(), families);
            let first = snapshot.families().iter().find(|family| family.name == ERROR.name).unwrap();
            let series = format!(r#"{{device="/dev/sda1",device_error="{error}",fstype="ext4",mountpoint="/"}}"#);
            assert_eq!(snapshot.series(&first.samples[0]), series);
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("5s"), Some(Duration::from_secs(5)));
        assert_eq!(duration("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("1.5s"), Some(Duration::from_millis(1500)));
        for bad in ["", "5", "s", "5 s", "-5s", "0s", "5d", "1e9h", "9999999999999999999999h"] {
            assert_eq!(duration(bad), None, "{bad:?}");
        }
    }
}
