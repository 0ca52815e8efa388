//! `/proc/diskstats`: what block devices did; who they are, from sysfs and from udev's database.

use std::collections::HashMap;

use super::{Collector, Filter, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const DEVICE: &[&str] = &["device"];

const fn counter(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::counter(name, unit, DEVICE, help)
}

/// The columns after the name, in their order. Old kernels have only the first 11 or 15.
const COLUMNS: [Descriptor; 17] = [
    counter("node_disk_reads_completed_total", Unit::Count, "Reads that succeeded."),
    counter("node_disk_reads_merged_total", Unit::Count, "Reads that were merged with a neighbour."),
    counter("node_disk_read_bytes_total", Unit::Bytes, "Data read."),
    counter("node_disk_read_time_seconds_total", Unit::Seconds, "Time that all reads together took."),
    counter("node_disk_writes_completed_total", Unit::Count, "Writes that succeeded."),
    counter("node_disk_writes_merged_total", Unit::Count, "Writes that were merged with a neighbour."),
    counter("node_disk_written_bytes_total", Unit::Bytes, "Data written."),
    counter("node_disk_write_time_seconds_total", Unit::Seconds, "Time that all writes together took."),
    Descriptor::gauge("node_disk_io_now", Unit::Count, DEVICE, "Requests under way."),
    counter("node_disk_io_time_seconds_total", Unit::Seconds, "Time with at least one request under way."),
    counter(
        "node_disk_io_time_weighted_seconds_total",
        Unit::Seconds,
        "Time with requests under way, times their number: its rate is the average queue.",
    ),
    counter("node_disk_discards_completed_total", Unit::Count, "Discards that succeeded."),
    counter("node_disk_discards_merged_total", Unit::Count, "Discards that were merged with a neighbour."),
    counter("node_disk_discarded_sectors_total", Unit::Count, "Sectors of 512 bytes discarded."),
    counter("node_disk_discard_time_seconds_total", Unit::Seconds, "Time that all discards together took."),
    counter("node_disk_flush_requests_total", Unit::Count, "Flushes that succeeded."),
    counter("node_disk_flush_requests_time_seconds_total", Unit::Seconds, "Time that all flushes together took."),
];
/// A line with fewer is a partition of a kernel before 2.6.25, whose columns mean other things.
const FEWEST_COLUMNS: usize = 11;

const INFO: Descriptor = Descriptor::gauge(
    "node_disk_info",
    Unit::Info,
    &["device", "major", "minor", "model", "path", "revision", "rotational", "serial", "wwn"],
    "What the block device is.",
);
const FILESYSTEM: Descriptor = Descriptor::gauge(
    "node_disk_filesystem_info",
    Unit::Info,
    &["device", "type", "usage", "uuid", "version"],
    "What file system is on the block device.",
);
const MAPPER: Descriptor = Descriptor::gauge(
    "node_disk_device_mapper_info",
    Unit::Info,
    &["device", "lv_layer", "lv_name", "name", "uuid", "vg_name"],
    "What the device mapper made the block device of.",
);
const WRITE_CACHE: Descriptor =
    Descriptor::gauge("node_disk_ata_write_cache", Unit::Bool, DEVICE, "Whether the ATA disk has a write cache.");
const WRITE_CACHE_ON: Descriptor = Descriptor::gauge(
    "node_disk_ata_write_cache_enabled",
    Unit::Bool,
    DEVICE,
    "Whether the write cache of the ATA disk is on.",
);
const ROTATION: Descriptor = Descriptor::gauge(
    "node_disk_ata_rotation_rate_rpm",
    Unit::Rpm,
    DEVICE,
    "Revolutions per minute of the ATA disk; 0 if nothing in it turns.",
);

const INCLUDE: Setting = Setting::text("diskstats.device-include", "", "Devices to report (regular expression).");
const EXCLUDE: Setting = Setting::text(
    "diskstats.device-exclude",
    r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$",
    "Devices to leave out (regular expression).",
);

/// The collector `diskstats`.
pub const COLLECTOR: Collector = Collector {
    name: "diskstats",
    default: true,
    metrics: &METRICS,
    settings: &[INCLUDE, EXCLUDE],
    start: |settings| {
        let devices = settings.filter(&INCLUDE, &EXCLUDE)?;
        Ok(Box::new(move |host, out| read(host, out, &devices)))
    },
};

const METRICS: [Descriptor; 23] = {
    let mut all = [INFO; 23];
    let (columns, others) = all.split_at_mut(COLUMNS.len());
    columns.copy_from_slice(&COLUMNS);
    others.copy_from_slice(&[INFO, FILESYSTEM, MAPPER, WRITE_CACHE, WRITE_CACHE_ON, ROTATION]);
    all
};

fn read(host: &mut Host, out: &mut Batch, devices: &Filter) -> Result<(), Failure> {
    let text = host.proc("diskstats")?.into_owned();
    let mut odd = None;
    for line in text.lines() {
        match Disk::parse(line) {
            Some(disk) if disk.columns.len() >= FEWEST_COLUMNS && devices.keeps(disk.name) => {
                disk.push(out);
                disk.identify(host, out);
            }
            Some(_) => {}
            None => _ = odd.get_or_insert_with(|| Failure::parse(format!("diskstats: {line:?}"))),
        }
    }
    odd.map_or(Ok(()), Err)
}

/// One line.
struct Disk<'a> {
    major: &'a str,
    minor: &'a str,
    name: &'a str,
    columns: Vec<f64>,
}

impl<'a> Disk<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let (major, minor, name) = (fields.next()?, fields.next()?, fields.next()?);
        let columns = fields.take(COLUMNS.len()).map(|field| field.parse::<u64>().ok().map(|count| count as f64));
        Some(Self { major, minor, name, columns: columns.collect::<Option<_>>()? })
    }

    fn push(&self, out: &mut Batch) {
        for (descriptor, count) in COLUMNS.iter().zip(&self.columns) {
            // The kernel counts in sectors of 512 bytes, whatever the disk has, and in milliseconds.
            let scale = match descriptor.unit {
                Unit::Bytes => 512.0,
                Unit::Seconds => 0.001,
                _ => 1.0,
            };
            out.push(descriptor, &[self.name], count * scale);
        }
    }

    fn identify(&self, host: &mut Host, out: &mut Batch) {
        let rotational = host.number(&format!("block/{}/queue/rotational", self.name)) == Some(1.0);
        let record = host.paths.udev_data.join(format!("b{}:{}", self.major, self.minor));
        let text = host.read_once(&record).unwrap_or_default();
        let udev = properties(&text);
        let get = |key: &str| udev.get(key).copied().unwrap_or_default();
        // The first is what the label on the disk says; virtio disks have only the last.
        let serials = ["SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"].map(get);
        let serial = serials.into_iter().find(|serial| !serial.is_empty()).unwrap_or_default();
        let (major, minor, name) = (self.major, self.minor, self.name);
        let (model, path, revision) = (get("ID_MODEL"), get("ID_PATH"), get("ID_REVISION"));
        let turns = if rotational { "1" } else { "0" };
        out.push(&INFO, &[name, major, minor, model, path, revision, turns, serial, get("ID_WWN")], 1.0);
        let kind = get("ID_FS_TYPE");
        if !kind.is_empty() {
            let labels = [name, kind, get("ID_FS_USAGE"), get("ID_FS_UUID"), get("ID_FS_VERSION")];
            out.push(&FILESYSTEM, &labels, 1.0);
        }
        let mapped = get("DM_NAME");
        if !mapped.is_empty() {
            let (layer, volume, group) = (get("DM_LV_LAYER"), get("DM_LV_NAME"), get("DM_VG_NAME"));
            out.push(&MAPPER, &[name, layer, volume, mapped, get("DM_UUID"), group], 1.0);
        }
        if get("ID_ATA").is_empty() {
            return;
        }
        let mut number = |descriptor, key| {
            if let Ok(value) = get(key).parse() {
                out.push(descriptor, &[name], value);
            }
        };
        number(&WRITE_CACHE, "ID_ATA_WRITE_CACHE");
        number(&WRITE_CACHE_ON, "ID_ATA_WRITE_CACHE_ENABLED");
        number(&ROTATION, "ID_ATA_ROTATION_RATE_RPM");
    }
}

/// `E:KEY=VALUE`; the other lines are links, tags and times.
fn properties(text: &str) -> HashMap<&str, &str> {
    text.lines().filter_map(|line| line.strip_prefix("E:")?.split_once('=')).collect()
}
