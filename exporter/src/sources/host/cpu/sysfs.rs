//! `/sys/devices/system/cpu`: processors slowed down by heat, set aside, or switched off.

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::{
    metric::{Batch, Descriptor, Failure, Reason, Unit},
    sources::host::Host,
};

pub const CORE_THROTTLES: Descriptor = Descriptor::counter(
    "node_cpu_core_throttles_total",
    Unit::Count,
    &["core", "package"],
    "Times that heat slowed this core down.",
);
pub const PACKAGE_THROTTLES: Descriptor = Descriptor::counter(
    "node_cpu_package_throttles_total",
    Unit::Count,
    &["package"],
    "Times that heat slowed this package, a chip with all its cores, down.",
);
pub const ISOLATED: Descriptor = Descriptor::gauge(
    "node_cpu_isolated",
    Unit::Bool,
    &["cpu"],
    "1 for each processor that the scheduler leaves to tasks bound to it.",
);
pub const ONLINE: Descriptor =
    Descriptor::gauge("node_cpu_online", Unit::Bool, &["cpu"], "Whether the processor is switched on.");

/// Where the processors are, seen from sysfs.
pub const FOLDER: &str = "devices/system/cpu";

pub fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let cpus = match list(host) {
        Ok(cpus) => cpus,
        // A container without sysfs still has its seconds.
        Err(failure) if failure.reason == Reason::Missing => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let isolated = read_isolated(host, out);
    read_throttles(host, &cpus, out);
    read_online(host, &cpus, out);
    isolated
}

/// No kernel can be built for more.
const MOST_CPUS: usize = 8192;

/// The numbers of the processors, in order.
pub fn list(host: &mut Host) -> Result<Vec<u16>, Failure> {
    // The folder says the same, for three times the price.
    if let Some(present) = host.attribute("devices/system/cpu/present").and_then(|text| parse_list(&text)) {
        return Ok(present.into_iter().flatten().take(MOST_CPUS).collect());
    }
    let names = host.list_sys(FOLDER)?;
    let mut cpus: Vec<u16> = names.iter().filter_map(|name| name.strip_prefix("cpu")?.parse().ok()).collect();
    cpus.sort_unstable();
    Ok(cpus)
}

/// Numbers of processors as the kernel writes them: `0-3,8`.
pub fn parse_list(text: &str) -> Option<Vec<RangeInclusive<u16>>> {
    let parts = text.trim().split(',').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(first.parse().ok()?..=last.parse().ok()?)
        })
        .collect()
}

fn read_isolated(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let Some(text) = host.attribute("devices/system/cpu/isolated") else { return Ok(()) };
    let isolated = parse_list(&text).ok_or_else(|| Failure::parse(format!("{FOLDER}/isolated: {text:?}")))?;
    for cpu in isolated.into_iter().flatten() {
        out.push(&ISOLATED, &[&cpu.to_string()], 1.0);
    }
    Ok(())
}

/// Each processor of a core says the same of the core, and each of a package of the package: one answer is enough.
fn read_throttles(host: &mut Host, cpus: &[u16], out: &mut Batch) {
    let mut cores = BTreeMap::new();
    let mut packages = BTreeMap::new();
    for cpu in cpus {
        let mut number = |file: &str| host.attribute(&format!("{FOLDER}/cpu{cpu}/{file}"))?.parse::<u64>().ok();
        let Some(package) = number("topology/physical_package_id") else { continue };
        let Some(core) = number("topology/core_id") else { continue };
        if !cores.contains_key(&(package, core))
            && let Some(count) = number("thermal_throttle/core_throttle_count")
        {
            cores.insert((package, core), count);
        }
        if !packages.contains_key(&package)
            && let Some(count) = number("thermal_throttle/package_throttle_count")
        {
            packages.insert(package, count);
        }
    }
    for ((package, core), count) in cores {
        out.push(&CORE_THROTTLES, &[&core.to_string(), &package.to_string()], count as f64);
    }
    for (package, count) in packages {
        out.push(&PACKAGE_THROTTLES, &[&package.to_string()], count as f64);
    }
}

/// Where the first processor cannot be switched off, the kernel does not say of it whether it is on, and a family
/// without it would tell of one processor too few.
fn read_online(host: &mut Host, cpus: &[u16], out: &mut Batch) {
    let mut online = |cpu: &u16| host.attribute(&format!("{FOLDER}/cpu{cpu}/online")).map(|text| text == "1");
    if cpus.first().and_then(&mut online).is_none() {
        return;
    }
    for cpu in cpus {
        let on = online(cpu).unwrap_or(false);
        out.push(&ONLINE, &[&cpu.to_string()], f64::from(u8::from(on)));
    }
}
