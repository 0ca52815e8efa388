//! The clock: what it says, where it stands, and what drives it.

use jiff::{Timestamp, tz::TimeZone};

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const SECONDS: Descriptor =
    Descriptor::gauge("node_time_seconds", Unit::Timestamp, &[], "What the machine's clock says.");
const ZONE_OFFSET: Descriptor = Descriptor::gauge(
    "node_time_zone_offset_seconds",
    Unit::Seconds,
    &["time_zone"],
    "Local time minus UTC, summer time included.",
);
const AVAILABLE: Descriptor = Descriptor::gauge(
    "node_time_clocksource_available_info",
    Unit::Info,
    &["clocksource", "device"],
    "Counters of the hardware that could drive the clock.",
);
const CURRENT: Descriptor = Descriptor::gauge(
    "node_time_clocksource_current_info",
    Unit::Info,
    &["clocksource", "device"],
    "Counter of the hardware that drives the clock.",
);

/// The collector `time`.
pub const COLLECTOR: Collector = Collector {
    name: "time",
    default: true,
    metrics: &[SECONDS, ZONE_OFFSET, AVAILABLE, CURRENT],
    settings: &[],
    start: |_| {
        Ok(Box::new(|host, out| {
            write_time(Timestamp::now(), &local(), out);
            read_clocksources(host, out)
        }))
    },
};

/// The zone of `TZ` or `/etc/localtime`; UTC where neither says one, as everywhere else.
fn local() -> TimeZone {
    TimeZone::try_system().ok().filter(|zone| !zone.is_unknown()).unwrap_or(TimeZone::UTC)
}

fn write_time(now: Timestamp, zone: &TimeZone, out: &mut Batch) {
    out.push(&SECONDS, &[], now.as_duration().as_secs_f64());
    let local = zone.to_offset_info(now);
    out.push(&ZONE_OFFSET, &[local.abbreviation()], f64::from(local.offset().seconds()));
}

fn read_clocksources(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    const FOLDER: &str = "devices/system/clocksource";
    let names = match host.list_sys(FOLDER) {
        Ok(names) => names,
        Err(failure) if failure.reason == Reason::Missing => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let mut result = Ok(());
    for name in &names {
        let Some(device) = name.strip_prefix("clocksource").filter(|device| device.parse::<u32>().is_ok()) else {
            continue;
        };
        let available = host.sys(&format!("{FOLDER}/{name}/available_clocksource"));
        let available = available.map(|text| write_clocksources(&AVAILABLE, device, &text, out));
        let current = host.sys(&format!("{FOLDER}/{name}/current_clocksource"));
        let current = current.map(|text| write_clocksources(&CURRENT, device, &text, out));
        result = result.and(available).and(current);
    }
    result
}

fn write_clocksources(descriptor: &'static Descriptor, device: &str, names: &str, out: &mut Batch) {
    for name in names.split_ascii_whitespace() {
        out.push(descriptor, &[name, device], 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(zone: &TimeZone, now: &str) -> Vec<String> {
        written(|out| write_time(now.parse().unwrap(), zone, out))
    }

    fn written(write: impl FnOnce(&mut Batch)) -> Vec<String> {
        let mut out = Batch::new(10);
        write(&mut out);
        let (snapshot, _) = out.seal();
        let samples = snapshot.families().iter().flat_map(|f| f.samples.iter().map(move |s| (f, s)));
        samples.map(|(f, s)| format!("{}{} {}", f.name, snapshot.series(s), s.value)).collect()
    }

    #[test]
    fn the_zone_follows_summer_time() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(
            lines(&berlin, "2026-01-01T00:00:00.25Z"),
            ["node_time_seconds 1767225600.25", r#"node_time_zone_offset_seconds{time_zone="CET"} 3600"#]
        );
        assert_eq!(
            lines(&berlin, "2026-07-01T00:00:00Z")[1],
            r#"node_time_zone_offset_seconds{time_zone="CEST"} 7200"#
        );
        assert_eq!(
            lines(&TimeZone::UTC, "1969-12-31T23:59:59Z"),
            ["node_time_seconds -1", r#"node_time_zone_offset_seconds{time_zone="UTC"} 0"#]
        );
    }

    #[test]
    fn each_clocksource_is_a_series() {
        let lines = written(|out| write_clocksources(&AVAILABLE, "0", "tsc hpet acpi_pm", out));
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[2], r#"node_time_clocksource_available_info{clocksource="acpi_pm",device="0"} 1"#);
    }
}
