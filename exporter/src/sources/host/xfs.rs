//! `/sys/fs/xfs/*/stats/stats`: what each XFS file system did since it was mounted.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const fn counter(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::counter(name, Unit::Count, &["device"], help)
}

/// The numbers of the lines below, in their order.
const METRICS: [Descriptor; 39] = [
    counter("node_xfs_extent_allocation_extents_allocated_total", "Extents allocated."),
    counter("node_xfs_extent_allocation_blocks_allocated_total", "Blocks allocated."),
    counter("node_xfs_extent_allocation_extents_freed_total", "Extents freed."),
    counter("node_xfs_extent_allocation_blocks_freed_total", "Blocks freed."),
    counter("node_xfs_allocation_btree_lookups_total", "Lookups in the trees of free space."),
    counter("node_xfs_allocation_btree_compares_total", "Comparisons in the trees of free space."),
    counter("node_xfs_allocation_btree_records_inserted_total", "Records put into the trees of free space."),
    counter("node_xfs_allocation_btree_records_deleted_total", "Records taken out of the trees of free space."),
    counter("node_xfs_block_mapping_reads_total", "Block maps read for reading a file."),
    counter("node_xfs_block_mapping_writes_total", "Block maps read for writing a file."),
    counter("node_xfs_block_mapping_unmaps_total", "Blocks unmapped."),
    counter("node_xfs_block_mapping_extent_list_insertions_total", "Extents put into the list of a file."),
    counter("node_xfs_block_mapping_extent_list_deletions_total", "Extents taken out of the list of a file."),
    counter("node_xfs_block_mapping_extent_list_lookups_total", "Lookups in the extents of a file."),
    counter("node_xfs_block_mapping_extent_list_compares_total", "Comparisons in the extents of a file."),
    counter("node_xfs_block_map_btree_lookups_total", "Lookups in the trees of block maps."),
    counter("node_xfs_block_map_btree_compares_total", "Comparisons in the trees of block maps."),
    counter("node_xfs_block_map_btree_records_inserted_total", "Records put into the trees of block maps."),
    counter("node_xfs_block_map_btree_records_deleted_total", "Records taken out of the trees of block maps."),
    counter("node_xfs_directory_operation_lookup_total", "Names looked up in directories."),
    counter("node_xfs_directory_operation_create_total", "Directory entries created."),
    counter("node_xfs_directory_operation_remove_total", "Directory entries removed."),
    counter("node_xfs_directory_operation_getdents_total", "Directories listed."),
    counter("node_xfs_inode_operation_attempts_total", "Inodes looked for in the cache."),
    counter("node_xfs_inode_operation_found_total", "Inodes found in the cache."),
    counter("node_xfs_inode_operation_recycled_total", "Inodes found in the cache, but on their way out."),
    counter("node_xfs_inode_operation_missed_total", "Inodes not found in the cache."),
    counter(
        "node_xfs_inode_operation_duplicates_total",
        "Inodes that somebody else had put into the cache in between.",
    ),
    counter("node_xfs_inode_operation_reclaims_total", "Inodes thrown out of the cache for want of memory."),
    counter("node_xfs_inode_operation_attribute_changes_total", "Changes of the attributes of an inode."),
    counter("node_xfs_write_calls_total", "Calls of write."),
    counter("node_xfs_read_calls_total", "Calls of read."),
    counter("node_xfs_vnode_active_total", "Vnodes in use."),
    counter("node_xfs_vnode_allocate_total", "Vnodes allocated."),
    counter("node_xfs_vnode_get_total", "Vnodes asked for."),
    counter("node_xfs_vnode_hold_total", "Vnodes held."),
    counter("node_xfs_vnode_release_total", "Vnodes released."),
    counter("node_xfs_vnode_reclaim_total", "Vnodes reclaimed."),
    counter("node_xfs_vnode_remove_total", "Vnodes removed."),
];

/// The lines that are read, and how many numbers of each; some kernels write one more `vnodes`.
const LINES: [(&str, usize); 8] =
    [("extent_alloc", 4), ("abt", 4), ("blk_map", 7), ("bmbt", 4), ("dir", 4), ("ig", 7), ("rw", 2), ("vnodes", 7)];

/// The collector `xfs`.
pub const COLLECTOR: Collector =
    Collector { name: "xfs", default: true, metrics: &METRICS, settings: &[], start: |_| Ok(Box::new(read)) };

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut odd = None;
    // Without XFS there is no such folder, and nothing is wrong.
    for device in host.list_sys("fs/xfs").unwrap_or_default() {
        // The folder holds also the statistics of all file systems together, and switches for debugging.
        let file = format!("fs/xfs/{device}/stats/stats");
        let Some(text) = host.attribute(&file) else { continue };
        if let Some(line) = push(&text, &device, out) {
            odd.get_or_insert_with(|| Failure::parse(format!("{file}: {line:?}")));
        }
    }
    odd.map_or(Ok(()), Err)
}

/// `extent_alloc 1 2 3 4`. Returns the first line that makes no sense.
fn push<'a>(text: &'a str, device: &str, out: &mut Batch) -> Option<&'a str> {
    let mut odd = None;
    let mut metrics = METRICS.iter();
    for (name, size) in LINES {
        let descriptors = metrics.by_ref().take(size);
        let line = text.lines().find(|line| line.split_ascii_whitespace().next() == Some(name));
        let Some(line) = line else {
            descriptors.for_each(drop);
            continue;
        };
        let numbers: Result<Vec<u64>, _> = line.split_ascii_whitespace().skip(1).map(str::parse).collect();
        match numbers {
            Ok(numbers) if numbers.len() == size || (name == "vnodes" && numbers.len() == size + 1) => {
                descriptors
                    .zip(numbers)
                    .for_each(|(descriptor, number)| out.push(descriptor, &[device], number as f64));
            }
            _ => {
                descriptors.for_each(drop);
                odd = odd.or(Some(line));
            }
        }
    }
    odd
}
