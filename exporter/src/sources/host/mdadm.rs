//! `/proc/mdstat` and `/sys/block/md*/md`: software RAID.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const DEVICE: &[&str] = &["device"];
const DEVICE_STATE: &[&str] = &["device", "state"];

const STATE: Descriptor = Descriptor::gauge(
    "node_md_state",
    Unit::Bool,
    DEVICE_STATE,
    "Whether the array is in the state. An array that is being reshaped is in none of them.",
);
const DISKS: Descriptor = Descriptor::gauge("node_md_disks", Unit::Count, DEVICE_STATE, "Disks of the array.");
const REQUIRED: Descriptor =
    Descriptor::gauge("node_md_disks_required", Unit::Count, DEVICE, "Disks that the array needs to be whole.");
const BLOCKS: Descriptor =
    Descriptor::gauge("node_md_blocks", Unit::Count, DEVICE, "Size of the array in blocks of 1024 bytes.");
const SYNCED: Descriptor = Descriptor::gauge(
    "node_md_blocks_synced",
    Unit::Count,
    DEVICE,
    "Blocks that are done: all of them, unless the array is being repaired or checked.",
);
const RAID_DISKS: Descriptor =
    Descriptor::gauge("node_md_raid_disks", Unit::Count, DEVICE, "Disks that the array is made for.");
const DEGRADED: Descriptor = Descriptor::gauge("node_md_degraded", Unit::Count, DEVICE, "Disks that the array lacks.");

/// The collector `mdadm`.
pub const COLLECTOR: Collector = Collector {
    name: "mdadm",
    default: true,
    metrics: &[STATE, DISKS, REQUIRED, BLOCKS, SYNCED, RAID_DISKS, DEGRADED],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let text = host.proc("mdstat").map_err(Failure::missing_is_no_data)?;
    let (arrays, odd) = parse(&text);
    arrays.iter().for_each(|array| array.push(out));
    for device in host.list_sys("block").unwrap_or_default() {
        if device.starts_with("md") {
            describe(host, out, &device);
        }
    }
    odd.map_or(Ok(()), Err)
}

fn describe(host: &mut Host, out: &mut Batch, device: &str) {
    let mut attribute = |name: &str| host.attribute(&format!("block/{device}/md/{name}")).map(|text| text.into_owned());
    // Not an array, or one that has just gone.
    let Some(level) = attribute("level") else { return };
    // Containers and arrays that are not set up have no disks of their own; `11 (10)` is growing from 10 disks.
    let disks = attribute("raid_disks").filter(|_| !matches!(&*level, "" | "container" | "imsm" | "ddf"));
    if let Some(disks) = disks.as_deref().and_then(|disks| disks.split(' ').next()?.parse::<u64>().ok()) {
        out.push(&RAID_DISKS, &[device], disks as f64);
    }
    let lacking = match &*level {
        "raid1" | "raid4" | "raid5" | "raid6" | "raid10" => attribute("degraded").and_then(|count| count.parse().ok()),
        // These break instead.
        _ => Some(0_u64),
    };
    if let Some(lacking) = lacking {
        out.push(&DEGRADED, &[device], lacking as f64);
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Array<'a> {
    device: &'a str,
    state: &'a str,
    active: u64,
    failed: u64,
    spare: u64,
    required: u64,
    blocks: u64,
    synced: u64,
}

impl Array<'_> {
    fn push(&self, out: &mut Batch) {
        for (descriptor, value) in [(&REQUIRED, self.required), (&BLOCKS, self.blocks), (&SYNCED, self.synced)] {
            out.push(descriptor, &[self.device], value as f64);
        }
        for (state, count) in [("active", self.active), ("failed", self.failed), ("spare", self.spare)] {
            out.push(&DISKS, &[self.device, state], count as f64);
        }
        for state in ["active", "inactive", "recovering", "resync", "check"] {
            out.push(&STATE, &[self.device, state], f64::from(u8::from(self.state == state)));
        }
    }
}

/// The arrays, and the first line of one that makes no sense.
fn parse(text: &str) -> (Vec<Array<'_>>, Option<Failure>) {
    let lines: Vec<_> = text.lines().collect();
    // An array starts at the edge; what belongs to it is indented.
    let starts = lines.chunk_by(|_, next| next.starts_with([' ', '\t']) || next.trim().is_empty());
    let (mut arrays, mut odd) = (Vec::new(), None);
    for lines in starts {
        let Some((head, rest)) = lines.split_first() else { continue };
        if head.trim().is_empty() || head.starts_with("Personalities") || head.starts_with("unused") {
            continue;
        }
        match array(head, rest) {
            Some(array) => arrays.push(array),
            None => _ = odd.get_or_insert_with(|| Failure::parse(format!("mdstat: {head:?}"))),
        }
    }
    (arrays, odd)
}

/// ```text
/// md3 : active raid6 sda1[8] sdh1[7](F) sdg1[6](S)
///       5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/7] [UUUUUUU_]
///       [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec
/// ```
fn array<'a>(head: &'a str, rest: &[&'a str]) -> Option<Array<'a>> {
    let mut words = head.split_whitespace();
    let (device, colon, state) = (words.next()?, words.next()?, words.next()?);
    let status = rest.first()?;
    let blocks = status.split_whitespace().next()?.parse().ok()?;
    let (required, active) = if head.contains("raid0") || head.contains("linear") {
        // Nothing can be missing; every disk is named with its number in brackets.
        let disks = head.matches('[').count() as u64;
        (disks, disks)
    } else if state == "inactive" {
        (0, 0)
    } else {
        present(status)?
    };
    let (state, synced) = match progress(rest) {
        Some((state, synced)) => (state, synced?),
        None => (state, blocks),
    };
    let (failed, spare) = (head.matches("(F)").count() as u64, head.matches("(S)").count() as u64);
    (colon == ":").then_some(Array { device, state, active, failed, spare, required, blocks, synced })
}

/// `[8/7]`: disks required, and there.
fn present(status: &str) -> Option<(u64, u64)> {
    status.split('[').find_map(|part| {
        let (required, active) = part.split_once(']')?.0.split_once('/')?;
        required.parse().ok().zip(active.parse().ok())
    })
}

/// What is being done to the array, where something is, and the blocks that are done: none as long as it waits.
fn progress<'a>(rest: &[&'a str]) -> Option<(&'a str, Option<u64>)> {
    let words = [("recovery", "recovering"), ("reshape", "reshaping"), ("check", "check"), ("resync", "resync")];
    let (line, state) = rest.iter().skip(1).find_map(|line| {
        let (_, state) = words.iter().find(|(word, _)| line.contains(word))?;
        Some((line, *state))
    })?;
    if line.contains("PENDING") || line.contains("DELAYED") {
        return Some((state, Some(0)));
    }
    let done = line.split_once('(').and_then(|(_, rest)| rest.split_once('/')?.0.parse().ok());
    Some((state, done))
}
