//! SELinux: whether it is on, whether it forbids or only reports, and what it is set to do after the next start.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const ENABLED: Descriptor = Descriptor::gauge("node_selinux_enabled", Unit::Bool, &[], "Whether SELinux is on.");
const CURRENT: Descriptor = Descriptor::gauge(
    "node_selinux_current_mode",
    Unit::None,
    &[],
    "What SELinux does now: 1 forbids (enforcing), 0 only reports (permissive), -1 nothing.",
);
const CONFIGURED: Descriptor = Descriptor::gauge(
    "node_selinux_config_mode",
    Unit::None,
    &[],
    "What SELinux is configured to do: 1 forbid (enforcing), 0 only report (permissive), -1 nothing.",
);

const DISABLED: f64 = -1.0;

/// The collector `selinux`.
pub const COLLECTOR: Collector = Collector {
    name: "selinux",
    default: true,
    metrics: &[ENABLED, CONFIGURED, CURRENT],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    // Its file system is there even when no policy is loaded; then every process runs under the label `kernel`.
    let mounted = match host.sys("fs/selinux/enforce") {
        Ok(mode) => Some(mode.parse().unwrap_or(DISABLED)),
        Err(failure) if failure.reason == Reason::Missing => None,
        Err(_) => Some(DISABLED),
    };
    let without_policy = host.proc("self/attr/current").is_ok_and(|label| label.trim_end_matches('\0') == "kernel");
    let Some(mode) = mounted.filter(|_| !without_policy) else {
        out.push(&ENABLED, &[], 0.0);
        return Ok(());
    };
    out.push(&ENABLED, &[], 1.0);
    out.push(&CURRENT, &[], mode);
    out.push(&CONFIGURED, &[], host.root("etc/selinux/config").map_or(DISABLED, |text| configured(&text)));
    Ok(())
}

fn configured(text: &str) -> f64 {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    let mode = lines.filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "SELINUX");
    match mode.map(|(_, mode)| mode.trim().trim_matches('"')) {
        Some("enforcing") => 1.0,
        Some("permissive") => 0.0,
        _ => DISABLED,
    }
}
