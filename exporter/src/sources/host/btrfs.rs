//! `/sys/fs/btrfs`: space and commits of each Btrfs file system.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const UUID: &[&str] = &["uuid"];
const LAYOUT: &[&str] = &["block_group_type", "mode", "uuid"];

const INFO: Descriptor =
    Descriptor::gauge("node_btrfs_info", Unit::Info, &["label", "uuid"], "What the file system is called.");
const RESERVE: Descriptor = Descriptor::gauge(
    "node_btrfs_global_rsv_size_bytes",
    Unit::Bytes,
    UUID,
    "Space kept for what must not fail, such as deleting on a full file system.",
);
const COMMITS: Descriptor = Descriptor::counter("node_btrfs_commits_total", Unit::Count, UUID, "Commits.");
const LAST: Descriptor =
    Descriptor::gauge("node_btrfs_last_commit_seconds", Unit::Seconds, UUID, "Time that the last commit took.");
const LONGEST: Descriptor =
    Descriptor::gauge("node_btrfs_max_commit_seconds", Unit::Seconds, UUID, "Time that the slowest commit took.");
const COMMIT_TIME: Descriptor =
    Descriptor::counter("node_btrfs_commit_seconds_total", Unit::Seconds, UUID, "Time that all commits together took.");
const RESERVED: Descriptor = Descriptor::gauge(
    "node_btrfs_reserved_bytes",
    Unit::Bytes,
    &["block_group_type", "uuid"],
    "Space promised to data of the type, but not written yet.",
);
const USED: Descriptor =
    Descriptor::gauge("node_btrfs_used_bytes", Unit::Bytes, LAYOUT, "Space in use, each copy counted once.");
const SIZE: Descriptor =
    Descriptor::gauge("node_btrfs_size_bytes", Unit::Bytes, LAYOUT, "Space set aside, each copy counted once.");
const RATIO: Descriptor = Descriptor::gauge(
    "node_btrfs_allocation_ratio",
    Unit::None,
    LAYOUT,
    "Bytes on disk for each byte stored: 2 with two copies.",
);
const DEVICE: Descriptor = Descriptor::gauge(
    "node_btrfs_device_size_bytes",
    Unit::Bytes,
    &["device", "uuid"],
    "Size of a device of the file system.",
);

/// The collector `btrfs`.
pub const COLLECTOR: Collector = Collector {
    name: "btrfs",
    default: true,
    metrics: &[INFO, RESERVE, COMMITS, LAST, LONGEST, COMMIT_TIME, RESERVED, USED, SIZE, RATIO, DEVICE],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut odd = None;
    // Without Btrfs there is no such folder, and nothing is wrong. Its other entries are `features` and `control`.
    for name in host.list_sys("fs/btrfs").unwrap_or_default().iter().filter(|name| name.contains('-')) {
        if let Err(failure) = push(host, out, &format!("fs/btrfs/{name}"), name) {
            odd.get_or_insert(failure);
        }
    }
    odd.map_or(Ok(()), Err)
}

fn push(host: &mut Host, out: &mut Batch, folder: &str, name: &str) -> Result<(), Failure> {
    let devices = host.list_sys(&format!("{folder}/devices"))?;
    let label = host.attribute(&format!("{folder}/label")).unwrap_or_default().into_owned();
    // A copy of a file system can have another name outside than inside.
    let inside = host.attribute(&format!("{folder}/metadata_uuid")).map(|uuid| uuid.into_owned());
    let uuid = inside.as_deref().filter(|uuid| !uuid.is_empty()).unwrap_or(name);
    out.push(&INFO, &[&label, uuid], 1.0);
    let reserve = number(host, &format!("{folder}/allocation/global_rsv_size"));
    out.push(&RESERVE, &[uuid], reserve);
    let commits = commits(host, folder);
    for ((descriptor, scale), count) in
        [(&COMMITS, 1.0), (&LAST, 1000.0), (&LONGEST, 1000.0), (&COMMIT_TIME, 1000.0)].iter().zip(commits.0)
    {
        out.push(descriptor, &[uuid], count / scale);
    }
    for kind in ["data", "metadata", "system"] {
        let folder = format!("{folder}/allocation/{kind}");
        let reserved = number(host, &format!("{folder}/bytes_reserved"));
        out.push(&RESERVED, &[kind, uuid], reserved);
        for layout in layouts(host, &folder) {
            let used = number(host, &format!("{folder}/{layout}/used_bytes"));
            let size = number(host, &format!("{folder}/{layout}/total_bytes"));
            let labels = [kind, &*layout, uuid];
            out.push(&USED, &labels, used);
            out.push(&SIZE, &labels, size);
            out.push(&RATIO, &labels, ratio(&layout, devices.len() as f64));
        }
    }
    for device in &devices {
        let sectors = number(host, &format!("{folder}/devices/{device}/size"));
        out.push(&DEVICE, &[device, uuid], sectors * 512.0);
    }
    commits.1.map_or(Ok(()), Err)
}

/// What a file system does not tell is zero, as node_exporter has it.
fn number(host: &mut Host, file: &str) -> f64 {
    host.number(file).unwrap_or_default()
}

/// Number and times of commits in `commit_stats`, all zero before Linux 6.0; and the first line that makes no sense.
fn commits(host: &mut Host, folder: &str) -> ([f64; 4], Option<Failure>) {
    let mut counts = [0.0; 4];
    let file = format!("{folder}/commit_stats");
    let text = host.attribute(&file).unwrap_or_default();
    let mut odd = None;
    for line in text.lines() {
        let pair = line.split_once(' ').and_then(|(key, value)| Some((key, value.trim().parse::<u64>().ok()?)));
        let Some((key, value)) = pair else {
            odd.get_or_insert_with(|| Failure::parse(format!("{file}: {line:?}")));
            continue;
        };
        let keys = ["commits", "last_commit_ms", "max_commit_ms", "total_commit_ms"];
        let slot = keys.iter().zip(&mut counts).find(|(known, _)| **known == key);
        slot.into_iter().for_each(|(_, count)| *count = value as f64);
    }
    (counts, odd)
}

/// The folders in an allocation are the layouts that it has.
fn layouts(host: &Host, folder: &str) -> Vec<String> {
    let mut names = host.list_sys(folder).unwrap_or_default();
    names.retain(|name| host.paths.sysfs.join(folder).join(name).is_dir());
    names
}

fn ratio(layout: &str, devices: f64) -> f64 {
    match layout {
        "single" | "raid0" => 1.0,
        "dup" | "raid1" | "raid10" => 2.0,
        "raid1c3" => 3.0,
        "raid1c4" => 4.0,
        "raid5" => devices / (devices - 1.0),
        "raid6" => devices / (devices - 2.0),
        _ => 0.0,
    }
}
