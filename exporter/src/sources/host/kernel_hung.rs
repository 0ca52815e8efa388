//! `/proc/sys/kernel/hung_task_detect_count`: tasks that slept too long for comfort.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const TASKS: Descriptor = Descriptor::counter(
    "node_kernel_hung_tasks_total",
    Unit::Count,
    &[],
    "Tasks that the kernel found hanging in an uninterruptible sleep.",
);

/// The collector `kernel_hung`.
pub const COLLECTOR: Collector =
    Collector { name: "kernel_hung", default: true, metrics: &[TASKS], settings: &[], start: |_| Ok(Box::new(read)) };

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    // The file came with Linux 6.13, and only where the detector is compiled in.
    let tasks = host.proc_number("sys/kernel/hung_task_detect_count").map_err(Failure::missing_is_no_data)?;
    out.push(&TASKS, &[], tasks);
    Ok(())
}
