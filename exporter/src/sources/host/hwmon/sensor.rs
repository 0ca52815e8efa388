//! From the name of a sensor's file to the family that its number belongs to.

use super::spell;
use crate::metric::{Descriptor, Unit};

const KINDS: [&str; 14] = [
    "vrm",
    "beep_enable",
    "update_interval",
    "in",
    "cpu",
    "fan",
    "pwm",
    "temp",
    "curr",
    "power",
    "energy",
    "humidity",
    "intrusion",
    "freq",
];

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, unit, &["chip", "sensor"], help)
}

pub(super) const CHIP_NAME: Descriptor = Descriptor::gauge(
    "node_hwmon_chip_names",
    Unit::Info,
    &["chip", "chip_name"],
    "What the chip's driver calls it; several chips may have one name.",
);
pub(super) const LABEL: Descriptor = Descriptor::gauge(
    "node_hwmon_sensor_label",
    Unit::Info,
    &["chip", "label", "sensor"],
    "What the chip's driver says the sensor measures.",
);

const BEEP: Descriptor = gauge("node_hwmon_beep_enabled", Unit::Bool, "1 if the chip may beep.");
const REGULATOR: Descriptor =
    gauge("node_hwmon_voltage_regulator_version", Unit::None, "Version of the voltage regulator, times ten.");
const INTERVAL: Descriptor =
    gauge("node_hwmon_update_interval_seconds", Unit::Seconds, "Time between two measurements of the chip.");
const MEGAHERTZ: Descriptor =
    gauge("node_hwmon_freq_freq_mhz", Unit::None, "Frequency in MHz; the label sensor tells of what.");
const ALARM: Descriptor = gauge("node_hwmon_*_alarm", Unit::Bool, "1 if the sensor raises the alarm.");
const FAULT: Descriptor = gauge("node_hwmon_*_fault", Unit::Bool, "1 if the sensor is broken or not connected.");
const BEEPS: Descriptor = gauge("node_hwmon_*_beep_enabled", Unit::Bool, "1 if an alarm of this sensor beeps.");
const VOLTS: Descriptor = gauge("node_hwmon_*_volts", Unit::Volts, "Voltage, or the limit that the name quotes.");
const CELSIUS: Descriptor =
    gauge("node_hwmon_*_celsius", Unit::Celsius, "Temperature, or the limit that the name quotes.");
const AMPERES: Descriptor = gauge("node_hwmon_*_amps", Unit::Amperes, "Current, or the limit that the name quotes.");
const JOULES: Descriptor =
    Descriptor::counter("node_hwmon_*_joule_total", Unit::Joules, &["chip", "sensor"], "Energy used.");
const ACCURACY: Descriptor = gauge("node_hwmon_power_accuracy", Unit::Ratio, "How exact the power meter is.");
const AVERAGED: Descriptor =
    gauge("node_hwmon_power_*_seconds", Unit::Seconds, "Time over which the power is averaged, or a limit of it.");
const WATTS: Descriptor = gauge("node_hwmon_*_watt", Unit::Watts, "Power, or the limit that the name quotes.");
const HUMIDITY: Descriptor = gauge("node_hwmon_humidity", Unit::Ratio, "Relative humidity of the air.");
const HUMIDITIES: Descriptor = gauge("node_hwmon_humidity_*", Unit::Ratio, "A limit of the relative humidity.");
const RPM: Descriptor = gauge("node_hwmon_*_rpm", Unit::Rpm, "Speed of the fan, or the limit that the name quotes.");
const OTHER_HELP: &str = "What the file of the chip says that the name quotes.";
const FAN: Descriptor = gauge("node_hwmon_fan_*", Unit::None, OTHER_HELP);
const PWM: Descriptor = gauge("node_hwmon_pwm", Unit::None, "Power of the fan, 0 to 255.");
const PWMS: Descriptor = gauge("node_hwmon_pwm_*", Unit::None, OTHER_HELP);
const INTRUSION: Descriptor = gauge("node_hwmon_intrusion_*", Unit::None, OTHER_HELP);
const FREQUENCY: Descriptor = gauge("node_hwmon_freq_*", Unit::None, OTHER_HELP);
const TEMPERATURE_TYPE: Descriptor = gauge("node_hwmon_temp_type", Unit::None, "Kind of sensor, as the driver counts.");
/// Files of only kind and number, which few drivers have of these kinds.
const BARE_FAN: Descriptor = gauge("node_hwmon_fan", Unit::None, OTHER_HELP);
const BARE_INTRUSION: Descriptor = gauge("node_hwmon_intrusion", Unit::None, OTHER_HELP);
const BARE_FREQUENCY: Descriptor = gauge("node_hwmon_freq", Unit::None, OTHER_HELP);

/// All families, the ones with the fewest names first.
pub(super) const FAMILIES: [Descriptor; 28] = [
    CHIP_NAME,
    LABEL,
    BEEP,
    REGULATOR,
    INTERVAL,
    MEGAHERTZ,
    ACCURACY,
    HUMIDITY,
    PWM,
    TEMPERATURE_TYPE,
    BARE_FAN,
    BARE_INTRUSION,
    BARE_FREQUENCY,
    JOULES,
    ALARM,
    FAULT,
    BEEPS,
    VOLTS,
    CELSIUS,
    AMPERES,
    AVERAGED,
    WATTS,
    HUMIDITIES,
    RPM,
    FAN,
    PWMS,
    INTRUSION,
    FREQUENCY,
];

/// A file's name taken apart: `temp1_crit_alarm` is element `crit_alarm` of the temperature 1.
#[derive(Debug, PartialEq)]
pub(super) struct File<'a> {
    pub kind: &'static str,
    number: u64,
    pub element: &'a str,
}

impl<'a> File<'a> {
    /// Nothing where the name is not that of a sensor's file.
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (kind, rest) = name.split_at(name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len()));
        let kind = KINDS.into_iter().find(|known| *known == kind)?;
        let (number, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let number = if number.is_empty() { 0 } else { number.parse().ok()? };
        let element = match rest {
            "" => "",
            rest => rest.strip_prefix('_').filter(|element| !element.is_empty())?,
        };
        Some(Self { kind, number, element })
    }

    /// Value of the label `sensor`.
    pub(super) fn sensor(&self) -> String {
        format!("{}{}", self.kind, self.number)
    }
}

/// What becomes of a number.
pub(super) struct Shape {
    pub family: &'static Descriptor,
    pub name: String,
    pub scale: Scale,
    /// Whether the sensor's own label takes the place of its name.
    pub needs_label: bool,
}

/// In what parts of a unit the kernel counts.
#[derive(Clone, Copy)]
pub(super) enum Scale {
    One,
    Milli,
    Micro,
    /// On, or anything else.
    Flag,
}

impl Scale {
    pub(super) fn apply(self, value: f64) -> f64 {
        match self {
            Self::One => value,
            // A product, not a quotient: that is how the peers round.
            Self::Milli => value * 0.001,
            Self::Micro => value / 1e6,
            Self::Flag => f64::from(value == 1.0),
        }
    }
}

/// The shape of one element of a sensor. `bare` says that the sensor also has a file without an element.
pub(super) fn shape(kind: &str, element: &str, bare: bool) -> Shape {
    let (family, unit, scale): (&'static Descriptor, &str, Scale) = match (kind, element) {
        ("beep_enable", _) => return fixed(&BEEP, Scale::Flag),
        ("vrm", _) => return fixed(&REGULATOR, Scale::One),
        ("update_interval", _) => return fixed(&INTERVAL, Scale::Milli),
        ("freq", "input") => return Shape { needs_label: true, ..fixed(&MEGAHERTZ, Scale::Micro) },
        (_, "alarm") => (&ALARM, "", Scale::One),
        (_, "fault") => (&FAULT, "", Scale::One),
        (_, "beep") => (&BEEPS, "_enabled", Scale::One),
        ("in" | "cpu", _) => (&VOLTS, "_volts", Scale::Milli),
        ("temp", "type") => (&TEMPERATURE_TYPE, "", Scale::One),
        ("temp", _) => (&CELSIUS, "_celsius", Scale::Milli),
        ("curr", _) => (&AMPERES, "_amps", Scale::Milli),
        ("energy", _) => (&JOULES, "_joule_total", Scale::Micro),
        ("power", "accuracy") => (&ACCURACY, "", Scale::Micro),
        ("power", "average_interval" | "average_interval_min" | "average_interval_max") => {
            (&AVERAGED, "_seconds", Scale::Milli)
        }
        ("power", _) => (&WATTS, "_watt", Scale::Micro),
        ("humidity", "" | "input") => (&HUMIDITY, "", Scale::Micro),
        ("humidity", _) => (&HUMIDITIES, "", Scale::Micro),
        ("fan", "input" | "min" | "max" | "target") => (&RPM, "_rpm", Scale::One),
        ("pwm", "" | "input") => (&PWM, "", Scale::One),
        ("fan", "") => (&BARE_FAN, "", Scale::One),
        ("freq", "") => (&BARE_FREQUENCY, "", Scale::One),
        ("intrusion", "" | "input") => (&BARE_INTRUSION, "", Scale::One),
        ("fan", _) => (&FAN, "", Scale::One),
        ("pwm", _) => (&PWMS, "", Scale::One),
        ("freq", _) => (&FREQUENCY, "", Scale::One),
        _ => (&INTRUSION, "", Scale::One),
    };
    let name = match element {
        "" => format!("node_hwmon_{kind}{unit}"),
        "input" if !bare => format!("node_hwmon_{kind}{unit}"),
        element => format!("node_hwmon_{kind}_{}{unit}", spell(element)),
    };
    Shape { family, name, scale, needs_label: false }
}

fn fixed(family: &'static Descriptor, scale: Scale) -> Shape {
    Shape { family, name: family.name.to_owned(), scale, needs_label: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let parts = |name| File::parse(name).map(|file| (file.sensor(), file.element.to_owned()));
        assert_eq!(parts("temp1_crit_alarm"), Some(("temp1".into(), "crit_alarm".into())));
        assert_eq!(parts("pwm03"), Some(("pwm3".into(), String::new())));
        assert_eq!(parts("update_interval"), Some(("update_interval0".into(), String::new())));
        for other in ["power_dpm_state", "temp1x", "temp1_", "name", "1", "", "in99999999999999999999_input"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }
}
