//! `adjtimex`: how well the kernel keeps the time, and what the time daemon told it.

use std::io;

use super::Collector;
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, unit, &[], help)
}

const fn counter(name: &'static str, help: &'static str) -> Descriptor {
    Descriptor::counter(name, Unit::Count, &[], help)
}

const SYNC_STATUS: Descriptor =
    gauge("node_timex_sync_status", Unit::Bool, "Whether a time daemon keeps the clock right.");
const OFFSET: Descriptor =
    gauge("node_timex_offset_seconds", Unit::Seconds, "Distance between the clock and what it is steered to.");
// Around 1, not between 0 and 1: no share of anything.
const FREQUENCY: Descriptor = gauge(
    "node_timex_frequency_adjustment_ratio",
    Unit::None,
    "How much faster than its own oscillator the clock is made to run; 1 is not at all.",
);
const MAX_ERROR: Descriptor =
    gauge("node_timex_maxerror_seconds", Unit::Seconds, "Most that the clock can be wrong; grows while unsteered.");
const ESTIMATED_ERROR: Descriptor =
    gauge("node_timex_estimated_error_seconds", Unit::Seconds, "How wrong the time daemon thinks the clock is.");
const STATUS: Descriptor = gauge("node_timex_status", Unit::None, "The kernel's bits about the clock (STA_*).");
const CONSTANT: Descriptor =
    gauge("node_timex_loop_time_constant", Unit::None, "How slowly the kernel steers; larger is slower.");
const TICK: Descriptor = gauge("node_timex_tick_seconds", Unit::Seconds, "Time between two ticks of the clock.");
const PPS_FREQUENCY: Descriptor =
    gauge("node_timex_pps_frequency_hertz", Unit::Hertz, "Frequency of the pulse-per-second signal.");
const PPS_JITTER: Descriptor =
    gauge("node_timex_pps_jitter_seconds", Unit::Seconds, "Jitter of the pulse-per-second signal.");
const PPS_SHIFT: Descriptor =
    gauge("node_timex_pps_shift_seconds", Unit::Seconds, "Time over which the pulse-per-second signal is calibrated.");
const PPS_STABILITY: Descriptor = gauge(
    "node_timex_pps_stability_hertz",
    Unit::Hertz,
    "Average of the last changes of the pulse-per-second signal's frequency.",
);
const PPS_JITTERS: Descriptor = counter("node_timex_pps_jitter_total", "Pulses whose jitter was above the limit.");
const PPS_CALIBRATIONS: Descriptor =
    counter("node_timex_pps_calibration_total", "Calibrations by the pulse-per-second signal.");
const PPS_ERRORS: Descriptor =
    counter("node_timex_pps_error_total", "Calibrations by the pulse-per-second signal that failed.");
const PPS_STABILITY_EXCEEDED: Descriptor =
    counter("node_timex_pps_stability_exceeded_total", "Pulses whose frequency wandered beyond the limit.");
const TAI: Descriptor = gauge("node_timex_tai_offset_seconds", Unit::Seconds, "Atomic time minus UTC.");

const MICROSECONDS: f64 = 1e6;
const NANOSECONDS: f64 = 1e9;
/// Parts per million, with 16 bits after the point.
const PPM: f64 = 1e6 * 65536.0;

/// The collector `timex`.
pub const COLLECTOR: Collector = Collector {
    name: "timex",
    default: true,
    metrics: &[
        SYNC_STATUS,
        OFFSET,
        FREQUENCY,
        MAX_ERROR,
        ESTIMATED_ERROR,
        STATUS,
        CONSTANT,
        TICK,
        PPS_FREQUENCY,
        PPS_JITTER,
        PPS_SHIFT,
        PPS_STABILITY,
        PPS_JITTERS,
        PPS_CALIBRATIONS,
        PPS_ERRORS,
        PPS_STABILITY_EXCEEDED,
        TAI,
    ],
    settings: &[],
    start: |_| {
        Ok(Box::new(|_, out| {
            let (state, clock) = ask().map_err(refused)?;
            write(state, &clock, out);
            Ok(())
        }))
    },
};

/// Containers often may not even look at the clock.
fn refused(error: io::Error) -> Failure {
    let mut failure = Failure::io("adjtimex", &error);
    if failure.reason == Reason::Denied {
        failure.reason = Reason::NoData;
    }
    failure
}

#[allow(unsafe_code)]
fn ask() -> io::Result<(i32, libc::timex)> {
    // SAFETY: `timex` is a C struct of integers, for which all bits zero is a value; `modes` 0 only reads.
    let mut clock: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes no more than the struct that the pointer is to, and the call keeps no pointer.
    let state = unsafe { libc::adjtimex(&raw mut clock) };
    if state < 0 { Err(io::Error::last_os_error()) } else { Ok((state, clock)) }
}

// The fields' types differ between platforms.
#[allow(clippy::unnecessary_cast)]
fn write(state: i32, clock: &libc::timex, out: &mut Batch) {
    let fine = if clock.status & libc::STA_NANO == 0 { MICROSECONDS } else { NANOSECONDS };
    for (descriptor, value) in [
        (&SYNC_STATUS, f64::from(u8::from(state != libc::TIME_ERROR))),
        (&OFFSET, clock.offset as f64 / fine),
        (&FREQUENCY, 1.0 + clock.freq as f64 / PPM),
        (&MAX_ERROR, clock.maxerror as f64 / MICROSECONDS),
        (&ESTIMATED_ERROR, clock.esterror as f64 / MICROSECONDS),
        (&STATUS, f64::from(clock.status)),
        (&CONSTANT, clock.constant as f64),
        (&TICK, clock.tick as f64 / MICROSECONDS),
        (&PPS_FREQUENCY, clock.ppsfreq as f64 / PPM),
        (&PPS_JITTER, clock.jitter as f64 / fine),
        (&PPS_SHIFT, f64::from(clock.shift)),
        (&PPS_STABILITY, clock.stabil as f64 / PPM),
        (&PPS_JITTERS, clock.jitcnt as f64),
        (&PPS_CALIBRATIONS, clock.calcnt as f64),
        (&PPS_ERRORS, clock.errcnt as f64),
        (&PPS_STABILITY_EXCEEDED, clock.stbcnt as f64),
        (&TAI, f64::from(clock.tai)),
    ] {
        out.push(descriptor, &[], value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(batch: Batch, name: &str) -> f64 {
        let (snapshot, _) = batch.seal();
        let family = snapshot.families().iter().find(|family| family.name == name).unwrap();
        family.samples[0].value
    }

    fn written(state: i32, change: impl FnOnce(&mut libc::timex)) -> Batch {
        let (_, mut clock) = ask().unwrap();
        change(&mut clock);
        let mut out = Batch::new(100);
        write(state, &clock, &mut out);
        out
    }

    #[test]
    fn offset_counts_in_what_the_status_says() {
        let micro = written(libc::TIME_OK, |clock| (clock.status, clock.offset) = (0, -1_500));
        assert_eq!(value(micro, "node_timex_offset_seconds"), -0.0015);
        let nano = written(libc::TIME_OK, |clock| (clock.status, clock.offset) = (libc::STA_NANO, -1_500));
        assert_eq!(value(nano, "node_timex_offset_seconds"), -0.000_001_5);
    }

    #[test]
    fn only_the_error_state_is_out_of_sync() {
        assert_eq!(value(written(libc::TIME_ERROR, |_| {}), "node_timex_sync_status"), 0.0);
        assert_eq!(value(written(libc::TIME_INS, |_| {}), "node_timex_sync_status"), 1.0);
    }

    #[test]
    fn the_frequency_is_a_ratio_around_one() {
        let out = written(libc::TIME_OK, |clock| clock.freq = 65_536 * 100);
        assert_eq!(value(out, "node_timex_frequency_adjustment_ratio"), 1.0001);
    }

    #[test]
    fn whoever_may_not_look_has_no_clock_to_speak_of() {
        let denied = refused(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(denied.reason, Reason::NoData);
    }
}
