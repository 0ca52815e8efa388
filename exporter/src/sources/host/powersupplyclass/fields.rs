//! The files of a power supply that hold numbers.

use crate::metric::{Descriptor, Unit};

/// The kernel counts in millionths of volts, amperes, watts, and of the hours of the latter two.
const MICRO: f64 = 1e6;
/// And in tenths of a degree.
const TENTHS: f64 = 10.0;

/// File, what to divide its number by, and the family. Which files there are depends on the driver.
pub(super) const FIELDS: [(&str, f64, Descriptor); 49] = [
    (
        "authentic",
        1.0,
        gauge("node_power_supply_authentic", Unit::Bool, "1 if the battery is one that its maker knows."),
    ),
    ("calibrate", 1.0, gauge("node_power_supply_calibrate", Unit::None, "Whether the battery is being calibrated.")),
    ("capacity", 1.0, gauge("node_power_supply_capacity", Unit::None, "Charge in percent of a full battery.")),
    (
        "capacity_alert_max",
        1.0,
        gauge("node_power_supply_capacity_alert_max", Unit::None, "Charge in percent above which there is an alert."),
    ),
    (
        "capacity_alert_min",
        1.0,
        gauge("node_power_supply_capacity_alert_min", Unit::None, "Charge in percent below which there is an alert."),
    ),
    (
        "cycle_count",
        1.0,
        gauge("node_power_supply_cyclecount", Unit::Count, "Times that the battery was emptied and filled."),
    ),
    (
        "online",
        1.0,
        gauge(
            "node_power_supply_online",
            Unit::None,
            "Whether the supply gives power: 0 no, 1 yes, 2 yes and its voltage can be set.",
        ),
    ),
    ("present", 1.0, gauge("node_power_supply_present", Unit::Bool, "1 if the battery is in its place.")),
    (
        "time_to_empty_now",
        1.0,
        gauge("node_power_supply_time_to_empty_seconds", Unit::Seconds, "Time until the battery is empty."),
    ),
    (
        "time_to_full_now",
        1.0,
        gauge("node_power_supply_time_to_full_seconds", Unit::Seconds, "Time until the battery is full."),
    ),
    (
        "current_boot",
        MICRO,
        gauge("node_power_supply_current_boot", Unit::Amperes, "Current when the machine started."),
    ),
    ("current_max", MICRO, gauge("node_power_supply_current_max", Unit::Amperes, "Largest current.")),
    ("current_now", MICRO, gauge("node_power_supply_current_ampere", Unit::Amperes, "Current.")),
    (
        "energy_empty",
        MICRO,
        gauge(
            "node_power_supply_energy_empty",
            Unit::None,
            "Energy, in watt hours, at which the battery counts as empty.",
        ),
    ),
    (
        "energy_empty_design",
        MICRO,
        gauge(
            "node_power_supply_energy_empty_design",
            Unit::None,
            "Energy, in watt hours, at which the battery was meant to count as empty.",
        ),
    ),
    (
        "energy_full",
        MICRO,
        gauge("node_power_supply_energy_full", Unit::None, "Energy of the full battery, in watt hours."),
    ),
    (
        "energy_full_design",
        MICRO,
        gauge(
            "node_power_supply_energy_full_design",
            Unit::None,
            "Energy of the full battery when it was new, in watt hours.",
        ),
    ),
    (
        "energy_now",
        MICRO,
        gauge("node_power_supply_energy_watthour", Unit::None, "Energy in the battery, in watt hours."),
    ),
    ("voltage_boot", MICRO, gauge("node_power_supply_voltage_boot", Unit::Volts, "Voltage when the machine started.")),
    ("voltage_max", MICRO, gauge("node_power_supply_voltage_max", Unit::Volts, "Largest voltage.")),
    (
        "voltage_max_design",
        MICRO,
        gauge("node_power_supply_voltage_max_design", Unit::Volts, "Largest voltage by design."),
    ),
    ("voltage_min", MICRO, gauge("node_power_supply_voltage_min", Unit::Volts, "Smallest voltage.")),
    (
        "voltage_min_design",
        MICRO,
        gauge("node_power_supply_voltage_min_design", Unit::Volts, "Smallest voltage by design."),
    ),
    ("voltage_now", MICRO, gauge("node_power_supply_voltage_volt", Unit::Volts, "Voltage.")),
    ("voltage_ocv", MICRO, gauge("node_power_supply_voltage_ocv", Unit::Volts, "Voltage without load.")),
    (
        "charge_control_limit",
        MICRO,
        gauge(
            "node_power_supply_charge_control_limit",
            Unit::None,
            "Limit of the charging current, as the driver counts it.",
        ),
    ),
    (
        "charge_control_limit_max",
        MICRO,
        gauge(
            "node_power_supply_charge_control_limit_max",
            Unit::None,
            "Highest limit of the charging current, as the driver counts it.",
        ),
    ),
    (
        "charge_counter",
        MICRO,
        gauge("node_power_supply_charge_counter", Unit::None, "Charge that went in and out, in ampere hours."),
    ),
    (
        "charge_empty",
        MICRO,
        gauge(
            "node_power_supply_charge_empty",
            Unit::None,
            "Charge, in ampere hours, at which the battery counts as empty.",
        ),
    ),
    (
        "charge_empty_design",
        MICRO,
        gauge(
            "node_power_supply_charge_empty_design",
            Unit::None,
            "Charge, in ampere hours, at which the battery was meant to count as empty.",
        ),
    ),
    (
        "charge_full",
        MICRO,
        gauge("node_power_supply_charge_full", Unit::None, "Charge of the full battery, in ampere hours."),
    ),
    (
        "charge_full_design",
        MICRO,
        gauge(
            "node_power_supply_charge_full_design",
            Unit::None,
            "Charge of the full battery when it was new, in ampere hours.",
        ),
    ),
    (
        "charge_now",
        MICRO,
        gauge("node_power_supply_charge_ampere", Unit::None, "Charge in the battery, in ampere hours."),
    ),
    (
        "charge_term_current",
        MICRO,
        gauge("node_power_supply_charge_term_current", Unit::Amperes, "Current at which charging ends."),
    ),
    (
        "constant_charge_current",
        MICRO,
        gauge("node_power_supply_constant_charge_current", Unit::Amperes, "Charging current."),
    ),
    (
        "constant_charge_current_max",
        MICRO,
        gauge("node_power_supply_constant_charge_current_max", Unit::Amperes, "Largest charging current."),
    ),
    (
        "constant_charge_voltage",
        MICRO,
        gauge("node_power_supply_constant_charge_voltage", Unit::Volts, "Charging voltage."),
    ),
    (
        "constant_charge_voltage_max",
        MICRO,
        gauge("node_power_supply_constant_charge_voltage_max", Unit::Volts, "Largest charging voltage."),
    ),
    (
        "precharge_current",
        MICRO,
        gauge(
            "node_power_supply_precharge_current",
            Unit::Amperes,
            "Current with which an empty battery is charged first.",
        ),
    ),
    (
        "input_current_limit",
        MICRO,
        gauge(
            "node_power_supply_input_current_limit",
            Unit::Amperes,
            "Limit of the current that is drawn from the supply.",
        ),
    ),
    ("power_now", MICRO, gauge("node_power_supply_power_watt", Unit::Watts, "Power.")),
    ("temp", TENTHS, gauge("node_power_supply_temp_celsius", Unit::Celsius, "Temperature.")),
    (
        "temp_alert_max",
        TENTHS,
        gauge("node_power_supply_temp_alert_max_celsius", Unit::Celsius, "Temperature above which there is an alert."),
    ),
    (
        "temp_alert_min",
        TENTHS,
        gauge("node_power_supply_temp_alert_min_celsius", Unit::Celsius, "Temperature below which there is an alert."),
    ),
    (
        "temp_ambient",
        TENTHS,
        gauge("node_power_supply_temp_ambient_celsius", Unit::Celsius, "Temperature around the supply."),
    ),
    (
        "temp_ambient_max",
        TENTHS,
        gauge(
            "node_power_supply_temp_ambient_max_celsius",
            Unit::Celsius,
            "Largest allowed temperature around the supply.",
        ),
    ),
    (
        "temp_ambient_min",
        TENTHS,
        gauge(
            "node_power_supply_temp_ambient_min_celsius",
            Unit::Celsius,
            "Smallest allowed temperature around the supply.",
        ),
    ),
    ("temp_max", TENTHS, gauge("node_power_supply_temp_max_celsius", Unit::Celsius, "Largest allowed temperature.")),
    ("temp_min", TENTHS, gauge("node_power_supply_temp_min_celsius", Unit::Celsius, "Smallest allowed temperature.")),
];

const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::gauge(name, unit, &["power_supply"], help)
}
