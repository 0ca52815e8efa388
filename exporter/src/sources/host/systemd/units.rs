//! What systemd answered, and the samples that it becomes.

use std::collections::BTreeMap;

use crate::metric::{Batch, Descriptor, Unit};

const NAME: &[&str] = &["name"];
const STATE: Descriptor = Descriptor::gauge(
    "node_systemd_unit_state",
    Unit::Bool,
    &["name", "state", "type"],
    "1 for the state that the unit is in, 0 for the others.",
);
const STARTED: Descriptor = Descriptor::gauge(
    "node_systemd_unit_start_time_seconds",
    Unit::Timestamp,
    NAME,
    "Since when the unit is active; 0 if it is not.",
);
const TASKS: Descriptor =
    Descriptor::gauge("node_systemd_unit_tasks_current", Unit::Count, NAME, "Tasks of the service.");
const TASKS_MAX: Descriptor =
    Descriptor::gauge("node_systemd_unit_tasks_max", Unit::Count, NAME, "Tasks that the service may have.");
const RUNNING: Descriptor = Descriptor::gauge(
    "node_systemd_system_running",
    Unit::Bool,
    &[],
    "1 if the system is up and no unit has failed; 0 while it starts or stops, or is degraded.",
);
const UNITS: Descriptor =
    Descriptor::gauge("node_systemd_units", Unit::Count, &["state"], "Units in this state, filtered ones included.");
const RESTARTS: Descriptor = Descriptor::counter(
    "node_systemd_service_restart_total",
    Unit::Count,
    NAME,
    "Times that systemd restarted the service by itself.",
);
const TRIGGERED: Descriptor = Descriptor::gauge(
    "node_systemd_timer_last_trigger_seconds",
    Unit::Timestamp,
    NAME,
    "When the timer last went off; 0 if it never did.",
);
const ACCEPTED: Descriptor = Descriptor::counter(
    "node_systemd_socket_accepted_connections_total",
    Unit::Count,
    NAME,
    "Connections that the socket accepted.",
);
const CONNECTIONS: Descriptor = Descriptor::gauge(
    "node_systemd_socket_current_connections",
    Unit::Count,
    NAME,
    "Connections that the socket has now.",
);
/// A counter in truth, but dashboards know it as a gauge.
const REFUSED: Descriptor = Descriptor::gauge(
    "node_systemd_socket_refused_connections_total",
    Unit::Count,
    NAME,
    "Connections that the socket refused.",
);
const VERSION: Descriptor = Descriptor::gauge(
    "node_systemd_version",
    Unit::None,
    &["version"],
    "Version of systemd as a number; the label has all of it.",
);
const VIRTUALIZATION: Descriptor = Descriptor::gauge(
    "node_systemd_virtualization_info",
    Unit::Info,
    &["virtualization_type"],
    "The kind of virtual machine or container that this is, none on bare metal.",
);

pub(super) const FAMILIES: [Descriptor; 13] = [
    STATE,
    STARTED,
    TASKS,
    TASKS_MAX,
    RUNNING,
    UNITS,
    RESTARTS,
    TRIGGERED,
    ACCEPTED,
    CONNECTIONS,
    REFUSED,
    VERSION,
    VIRTUALIZATION,
];

/// Always reported, also where no unit is in it.
const STATES: [&str; 5] = ["active", "activating", "deactivating", "inactive", "failed"];

/// What systemd said about itself and its units. What it does not know is not there.
#[derive(Debug, Default)]
pub(super) struct System {
    pub version: Option<String>,
    pub virtualization: Option<String>,
    pub state: Option<String>,
    pub units: Vec<SystemdUnit>,
}

#[derive(Debug, Default)]
pub(super) struct SystemdUnit {
    pub name: String,
    pub active_state: String,
    /// Of those that are reported on their own.
    pub details: Option<Details>,
}

/// Which of these there are depends on the kind of unit, the version of systemd and the configuration.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub service_type: Option<String>,
    pub restarts: Option<u32>,
    /// In microseconds since 1970, as all its times.
    pub started: Option<u64>,
    pub tasks: Option<u64>,
    pub tasks_max: Option<u64>,
    pub triggered: Option<u64>,
    pub accepted: Option<u32>,
    pub connections: Option<u32>,
    pub refused: Option<u32>,
}

pub(super) fn report(system: &System, out: &mut Batch) {
    let version = system.version.as_deref().and_then(|version| Some((version, number(version)?)));
    let (version, number) = version.unwrap_or(("", 0.0));
    out.push(&VERSION, &[version], number);
    let virtualization = match system.virtualization.as_deref() {
        None => "unknown",
        Some("") => "none",
        Some(kind) => kind,
    };
    out.push(&VIRTUALIZATION, &[virtualization], 1.0);
    if let Some(state) = &system.state {
        out.push(&RUNNING, &[], f64::from(state == "running"));
    }
    let mut counts = BTreeMap::from(STATES.map(|state| (state, 0.0)));
    for unit in &system.units {
        *counts.entry(&unit.active_state).or_default() += 1.0;
    }
    for (state, count) in counts {
        out.push(&UNITS, &[state], count);
    }
    for unit in &system.units {
        if let Some(details) = &unit.details {
            report_unit(unit, details, out);
        }
    }
}

fn report_unit(unit: &SystemdUnit, details: &Details, out: &mut Batch) {
    let service_type = details.service_type.as_deref().unwrap_or_default();
    for state in STATES {
        out.push(&STATE, &[&unit.name, state, service_type], f64::from(state == unit.active_state));
    }
    // systemd says "no limit" and "not counted" with the largest number.
    let limited = |number: Option<u64>| number.filter(|number| *number != u64::MAX).map(|number| number as f64);
    let moment = |microseconds: Option<u64>| microseconds.map(|microseconds| microseconds as f64 / 1e6);
    for (descriptor, value) in [
        (&RESTARTS, details.restarts.map(f64::from)),
        (&STARTED, moment(details.started)),
        (&TASKS, limited(details.tasks)),
        (&TASKS_MAX, limited(details.tasks_max)),
        (&TRIGGERED, moment(details.triggered)),
        (&ACCEPTED, details.accepted.map(f64::from)),
        (&CONNECTIONS, details.connections.map(f64::from)),
        (&REFUSED, details.refused.map(f64::from)),
    ] {
        if let Some(value) = value {
            out.push(descriptor, &[&unit.name], value);
        }
    }
}

/// `v252.22-1~deb12u1` is 252.22: the first number of at least three digits, with its fraction.
fn number(version: &str) -> Option<f64> {
    let start = version.as_bytes().windows(3).position(|three| three.iter().all(u8::is_ascii_digit))?;
    let rest = version.get(start..)?;
    let mut points = 0;
    let end = rest.find(|c: char| {
        points += usize::from(c == '.');
        !c.is_ascii_digit() && (c != '.' || points > 1)
    });
    rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_distributions_spell_them() {
        for (text, expected) in [
            ("252.22-1~deb12u1", Some(252.22)),
            ("v257.9-1-arch", Some(257.9)),
            ("255 (255.4-1ubuntu8)", Some(255.0)),
            ("256.", Some(256.0)),
            ("256.1.2", Some(256.1)),
            ("99", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
