//! `/proc/meminfo`: each of its lines is a family.

use super::{Collector, known::Known};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const fn bytes(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Bytes, &[], help)
}

/// Lines without a unit count huge pages.
const fn pages(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, Unit::Count, &[], help)
}

const ANY_BYTES: Descriptor = bytes("node_memory_*_bytes", "The line of /proc/meminfo that the name quotes.");
const ANY_PAGES: Descriptor = pages("node_memory_*", "The line of /proc/meminfo that the name quotes.");

/// In the order of the file; at the end, what a newer kernel may add.
const METRICS: [Descriptor; 65] = [
    bytes("node_memory_MemTotal_bytes", "Memory that the kernel can use."),
    bytes("node_memory_MemFree_bytes", "Memory that nothing uses, not even as a cache."),
    bytes(
        "node_memory_MemAvailable_bytes",
        "Memory that programs could get without swapping, in the kernel's estimate.",
    ),
    bytes("node_memory_Buffers_bytes", "Cache of the raw contents of block devices."),
    bytes("node_memory_Cached_bytes", "Cache of files, and shared memory; without the swap cache."),
    bytes(
        "node_memory_SwapCached_bytes",
        "Memory that is still in swap as well, and so can leave without being written.",
    ),
    bytes("node_memory_Active_bytes", "Memory used lately, the last to be taken back."),
    bytes("node_memory_Inactive_bytes", "Memory not used lately, the first to be taken back."),
    bytes("node_memory_Active_anon_bytes", "Memory of programs used lately."),
    bytes("node_memory_Inactive_anon_bytes", "Memory of programs not used lately."),
    bytes("node_memory_Active_file_bytes", "Cache of files used lately."),
    bytes("node_memory_Inactive_file_bytes", "Cache of files not used lately."),
    bytes("node_memory_Unevictable_bytes", "Memory that cannot be taken back."),
    bytes("node_memory_Mlocked_bytes", "Memory that programs locked so that it is never swapped out."),
    bytes("node_memory_HighTotal_bytes", "Memory that a 32-bit kernel does not map all the time."),
    bytes("node_memory_HighFree_bytes", "Memory that a 32-bit kernel does not map all the time and nothing uses."),
    bytes("node_memory_LowTotal_bytes", "Memory that a 32-bit kernel maps all the time."),
    bytes("node_memory_LowFree_bytes", "Memory that a 32-bit kernel maps all the time and nothing uses."),
    bytes("node_memory_SwapTotal_bytes", "Swap space."),
    bytes("node_memory_SwapFree_bytes", "Swap space that nothing uses."),
    bytes("node_memory_Zswap_bytes", "Memory that holds compressed swapped pages."),
    bytes("node_memory_Zswapped_bytes", "Swapped pages held compressed in memory, at their size before compression."),
    bytes("node_memory_Dirty_bytes", "Memory that waits to be written to disk."),
    bytes("node_memory_Writeback_bytes", "Memory that is being written to disk."),
    bytes("node_memory_AnonPages_bytes", "Memory of programs that is not backed by files."),
    bytes("node_memory_Mapped_bytes", "Files mapped into programs."),
    bytes("node_memory_Shmem_bytes", "Shared memory and tmpfs."),
    bytes("node_memory_KReclaimable_bytes", "Memory of the kernel that it gives back when memory is short."),
    bytes("node_memory_Slab_bytes", "Memory of the kernel's own data structures."),
    bytes("node_memory_SReclaimable_bytes", "Part of the slab memory that the kernel gives back when memory is short."),
    bytes("node_memory_SUnreclaim_bytes", "Part of the slab memory that cannot be given back."),
    bytes("node_memory_KernelStack_bytes", "Stacks of threads while they are in the kernel."),
    bytes("node_memory_PageTables_bytes", "Tables that map the memory of programs."),
    bytes("node_memory_SecPageTables_bytes", "Tables that map the memory of virtual machines and devices."),
    bytes(
        "node_memory_NFS_Unstable_bytes",
        "Data sent to an NFS server that has not confirmed that it is on disk. 0 since Linux 5.8.",
    ),
    bytes("node_memory_Bounce_bytes", "Copies for devices that cannot reach all memory."),
    bytes("node_memory_WritebackTmp_bytes", "Copies that FUSE makes while it writes."),
    bytes(
        "node_memory_CommitLimit_bytes",
        "Memory that programs may ask for together, where overcommitting is forbidden.",
    ),
    bytes("node_memory_Committed_AS_bytes", "Memory that programs have asked for together, used or not."),
    bytes("node_memory_VmallocTotal_bytes", "Addresses of the kernel for memory that is not contiguous."),
    bytes("node_memory_VmallocUsed_bytes", "Memory of the kernel that is not contiguous."),
    bytes(
        "node_memory_VmallocChunk_bytes",
        "Largest free piece of the addresses for memory that is not contiguous. 0 since Linux 4.4.",
    ),
    bytes("node_memory_Percpu_bytes", "Memory of the kernel that each processor has a copy of."),
    bytes(
        "node_memory_HardwareCorrupted_bytes",
        "Memory that the hardware reported as broken and that is used no more.",
    ),
    bytes("node_memory_AnonHugePages_bytes", "Memory of programs in transparent huge pages."),
    bytes("node_memory_ShmemHugePages_bytes", "Shared memory and tmpfs in huge pages."),
    bytes("node_memory_ShmemPmdMapped_bytes", "Shared memory mapped into programs as huge pages."),
    bytes("node_memory_FileHugePages_bytes", "Cache of files in huge pages."),
    bytes("node_memory_FilePmdMapped_bytes", "Files mapped into programs as huge pages."),
    bytes("node_memory_CmaTotal_bytes", "Memory set aside for devices that need contiguous memory."),
    bytes("node_memory_CmaFree_bytes", "Memory set aside for devices that need contiguous memory, and free."),
    bytes("node_memory_Unaccepted_bytes", "Memory that a confidential virtual machine has not taken over yet."),
    bytes("node_memory_Balloon_bytes", "Memory that a virtual machine has given back to its host."),
    bytes("node_memory_Hugepagesize_bytes", "Size of a huge page of the default size."),
    bytes("node_memory_Hugetlb_bytes", "Memory set aside for huge pages of all sizes."),
    bytes("node_memory_DirectMap4k_bytes", "Memory that the kernel maps in pages of 4 KiB."),
    bytes("node_memory_DirectMap4M_bytes", "Memory that the kernel maps in pages of 4 MiB."),
    bytes("node_memory_DirectMap2M_bytes", "Memory that the kernel maps in pages of 2 MiB."),
    bytes("node_memory_DirectMap1G_bytes", "Memory that the kernel maps in pages of 1 GiB."),
    pages("node_memory_HugePages_Total", "Huge pages of the default size."),
    pages("node_memory_HugePages_Free", "Huge pages of the default size that nothing uses."),
    pages("node_memory_HugePages_Rsvd", "Huge pages of the default size that are promised and not used yet."),
    pages("node_memory_HugePages_Surp", "Huge pages of the default size beyond the number set."),
    ANY_BYTES,
    ANY_PAGES,
];

/// The collector `meminfo`.
pub const COLLECTOR: Collector = Collector {
    name: "meminfo",
    default: true,
    metrics: &METRICS,
    settings: &[],
    start: |_| {
        let known = Known::new(&METRICS);
        Ok(Box::new(move |host, out| read(&host.proc("meminfo")?, &known, out)))
    },
};

fn read(text: &str, known: &Known, out: &mut Batch) -> Result<(), Failure> {
    let mut result = Ok(());
    let mut name = String::new();
    for line in text.lines() {
        let Some((key, value, any)) = parse(line) else {
            result = result.and(Err(Failure::parse(format!("meminfo: {line:?}"))));
            continue;
        };
        spell(&mut name, key, any);
        known.push(&name, any, value, out);
    }
    if out.is_empty() {
        result = result.and(Err(Failure::parse("meminfo: no line that is known")));
    }
    result
}

/// The first word of a line, its value, and the pattern of its name.
fn parse(line: &str) -> Option<(&str, f64, &'static Descriptor)> {
    let (key, rest) = line.split_once(':')?;
    let mut fields = rest.split_ascii_whitespace();
    let value = fields.next()?.parse::<u64>().ok()? as f64;
    match fields.next() {
        Some("kB") => Some((key, value * 1024.0, &ANY_BYTES)),
        Some(_) => None,
        None => Some((key, value, &ANY_PAGES)),
    }
}

/// `Active(anon)` is spelled `node_memory_Active_anon_bytes`.
fn spell(name: &mut String, key: &str, any: &Descriptor) {
    let (head, tail) = any.name.split_once('*').unwrap_or_default();
    name.clear();
    name.push_str(head);
    name.extend(key.trim_end_matches(')').chars().map(|c| if c == '(' { '_' } else { c }));
    name.push_str(tail);
}
