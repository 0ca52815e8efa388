//! `/sys/class/nvme`: NVMe controllers and their namespaces.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const NAMESPACE: &[&str] = &["device", "nsid"];

const INFO: Descriptor = Descriptor::gauge(
    "node_nvme_info",
    Unit::Info,
    &["cntlid", "device", "firmware_revision", "model", "serial", "state"],
    "What the controller is.",
);
const NAMESPACE_INFO: Descriptor = Descriptor::gauge(
    "node_nvme_namespace_info",
    Unit::Info,
    &["ana_state", "device", "nsid"],
    "How the namespace can be reached.",
);
const CAPACITY: Descriptor =
    Descriptor::gauge("node_nvme_namespace_capacity_bytes", Unit::Bytes, NAMESPACE, "Capacity of the namespace.");
const SIZE: Descriptor =
    Descriptor::gauge("node_nvme_namespace_size_bytes", Unit::Bytes, NAMESPACE, "Size of the namespace.");
const USED: Descriptor =
    Descriptor::gauge("node_nvme_namespace_used_bytes", Unit::Bytes, NAMESPACE, "Space in use, as the device says.");
const BLOCK: Descriptor = Descriptor::gauge(
    "node_nvme_namespace_logical_block_size_bytes",
    Unit::Bytes,
    NAMESPACE,
    "Size of a logical block of the namespace.",
);

/// The collector `nvme`.
pub const COLLECTOR: Collector = Collector {
    name: "nvme",
    default: true,
    metrics: &[INFO, NAMESPACE_INFO, CAPACITY, SIZE, USED, BLOCK],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut odd = None;
    for device in host.list_sys("class/nvme").map_err(Failure::missing_is_no_data)? {
        if let Err(failure) = controller(host, out, &device) {
            odd.get_or_insert(failure);
        }
    }
    odd.map_or(Ok(()), Err)
}

fn controller(host: &mut Host, out: &mut Batch, device: &str) -> Result<(), Failure> {
    let folder = format!("class/nvme/{device}");
    let mut text = |name: &str| host.sys(&format!("{folder}/{name}")).map(|text| text.into_owned());
    let (id, firmware, model) = (text("cntlid")?, text("firmware_rev")?, text("model")?);
    let (serial, state) = (text("serial")?, text("state")?);
    out.push(&INFO, &[&id, device, &firmware, &model, &serial, &state], 1.0);
    let mut odd = None;
    for name in host.list_sys(&folder)? {
        let Some(number) = namespace_number(&name) else { continue };
        if let Err(failure) = namespace(host, out, &[device, number], &format!("{folder}/{name}")) {
            odd.get_or_insert(failure);
        }
    }
    odd.map_or(Ok(()), Err)
}

/// `nvme0n1` is number 1; `nvme0c0n1` is another path to a namespace that is listed elsewhere.
fn namespace_number(name: &str) -> Option<&str> {
    let (controller, number) = name.strip_prefix("nvme")?.split_once('n')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(controller) && digits(number)).then_some(number)
}

fn namespace(host: &mut Host, out: &mut Batch, labels: &[&str; 2], folder: &str) -> Result<(), Failure> {
    let mut number = |name: &str| {
        let file = format!("{folder}/{name}");
        let text = host.sys(&file)?;
        text.parse::<u64>().map_err(|_| Failure::parse(format!("{file}: {text:?}")))
    };
    // `size` is counted in blocks of 512 bytes by the kernel; node_exporter takes it for logical blocks.
    let (used, size, block) = (number("nuse")?, number("size")?, number("queue/logical_block_size")?);
    let access = host.attribute(&format!("{folder}/ana_state"));
    let [device, nsid] = labels;
    out.push(&NAMESPACE_INFO, &[access.as_deref().unwrap_or("unknown"), device, nsid], 1.0);
    let bytes = |blocks: u64| blocks.wrapping_mul(block) as f64;
    out.push(&CAPACITY, labels, bytes(size));
    out.push(&SIZE, labels, bytes(size));
    out.push(&USED, labels, bytes(used));
    out.push(&BLOCK, labels, block as f64);
    Ok(())
}
