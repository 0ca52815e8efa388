//! `/sys/class/hwmon`: temperatures, voltages, fans and whatever else the chips on the board measure.

mod chip;
mod sensor;

use std::{collections::BTreeMap, time::Instant};

use chip::{Chip, spell};
use sensor::{CHIP_NAME, FAMILIES, File, LABEL, shape};

use super::{Collector, Filter, Host, Setting};
use crate::metric::{Batch, Failure, Reason};

const CHIP_INCLUDE: Setting = Setting::text("hwmon.chip-include", "", "Chips to report (regular expression).");
const CHIP_EXCLUDE: Setting = Setting::text("hwmon.chip-exclude", "", "Chips to leave out (regular expression).");
const SENSOR_INCLUDE: Setting =
    Setting::text("hwmon.sensor-include", "", "Sensors to report, as chip;sensor (regular expression).");
const SENSOR_EXCLUDE: Setting =
    Setting::text("hwmon.sensor-exclude", "", "Sensors to leave out, as chip;sensor (regular expression).");

/// The collector `hwmon`.
pub const COLLECTOR: Collector = Collector {
    name: "hwmon",
    default: true,
    metrics: &FAMILIES,
    settings: &[CHIP_INCLUDE, CHIP_EXCLUDE, SENSOR_INCLUDE, SENSOR_EXCLUDE],
    start: |settings| {
        let chips = settings.filter(&CHIP_INCLUDE, &CHIP_EXCLUDE)?;
        let sensors = settings.filter(&SENSOR_INCLUDE, &SENSOR_EXCLUDE)?;
        Ok(Box::new(move |host, out| {
            for chip in chip::all(host)? {
                if chips.keeps(&chip.label) {
                    read_chip(host, &chip, &sensors, out)?;
                }
            }
            Ok(())
        }))
    },
};

/// The files of one sensor: what each says, by what stands after the sensor's number in its name.
type Sensor = BTreeMap<String, String>;

fn read_chip(host: &mut Host, chip: &Chip, wanted: &Filter, out: &mut Batch) -> Result<(), Failure> {
    if !chip.name.is_empty() {
        out.push(&CHIP_NAME, &[&chip.label, &chip.name], 1.0);
    }
    let mut sensors = BTreeMap::new();
    // Older drivers keep the files with the device.
    for folder in [chip.folder.clone(), format!("{}/device", chip.folder)] {
        for name in host.list_sys(&folder).unwrap_or_default() {
            let Some(file) = File::parse(&name) else { continue };
            let sensor = file.sensor();
            if !wanted.keeps(&format!("{};{sensor}", chip.label)) {
                continue;
            }
            // Some chips take long for each of their many sensors.
            if Instant::now() > host.deadline() {
                let detail = format!("{} answers too slowly", chip.label);
                return Err(Failure::new(Reason::Timeout, detail));
            }
            // A sensor that is not ready answers with an error; the others are.
            if let Some(text) = host.attribute(&format!("{folder}/{name}")) {
                let files: &mut Sensor = sensors.entry((file.kind, sensor)).or_default();
                files.insert(file.element.to_owned(), text.into_owned());
            }
        }
    }
    for ((kind, sensor), files) in &sensors {
        report(&chip.label, kind, sensor, files, out);
    }
    Ok(())
}

fn report(chip: &str, kind: &str, sensor: &str, files: &Sensor, out: &mut Batch) {
    let label = files.get("label");
    if let Some(label) = label {
        out.push(&LABEL, &[chip, label, sensor], 1.0);
    }
    for (element, text) in files.iter().filter(|(element, _)| *element != "label") {
        let Some(value) = text.parse::<f64>().ok().filter(|value| value.is_finite()) else { continue };
        let shape = shape(kind, element, files.contains_key(""));
        let labelled = label.map(|label| spell(label));
        let sensor = match (&labelled, shape.needs_label) {
            (_, false) => sensor,
            (Some(label), true) => label,
            (None, true) => continue,
        };
        out.push_named(shape.family, &shape.name, shape.family.help, &[chip, sensor], shape.scale.apply(value));
    }
}
