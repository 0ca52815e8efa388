//! What the chips are called. Their numbers depend on the order in which drivers were loaded, so that a name is made
//! from where the device sits, which stays.

use std::path::Path;

use crate::{metric::Failure, sources::host::Host};

/// A chip, and how it is reported.
pub(super) struct Chip {
    /// Below the mount of sysfs.
    pub folder: String,
    /// Value of the label `chip`, different for each.
    pub label: String,
    /// What its driver calls it, or nothing.
    pub name: String,
}

/// All chips of this machine.
pub(super) fn all(host: &mut Host) -> Result<Vec<Chip>, Failure> {
    let mut chips = Vec::new();
    for entry in host.devices("class/hwmon")? {
        let folder = format!("class/hwmon/{entry}");
        let name = host.attribute(&format!("{folder}/name")).map(|name| spell(name.trim())).unwrap_or_default();
        let path = host.paths.sysfs.join(&folder);
        let place = path.join("device").canonicalize().map(|device| by_place(&device)).unwrap_or_default();
        let own = path.canonicalize().map(|path| spell(&last(&path))).unwrap_or_default();
        if let Some(label) = [place, name.clone(), own].into_iter().find(|label| !label.is_empty()) {
            chips.push((Chip { folder, label, name }, spell(&entry)));
        }
    }
    Ok(tell_apart(chips))
}

/// Several chips may sit on one device. Then the name tells them apart, or where that is the same too, the number.
fn tell_apart(chips: Vec<(Chip, String)>) -> Vec<Chip> {
    let labels: Vec<_> = chips.iter().map(|(chip, _)| (chip.label.clone(), chip.name.clone())).collect();
    let told = |(mut chip, entry): (Chip, String)| {
        let alike: Vec<_> = labels.iter().filter(|(label, _)| *label == chip.label).collect();
        if alike.len() > 1 {
            let named = alike.iter().filter(|(_, name)| *name == chip.name).count() == 1 && !chip.name.is_empty();
            chip.label = format!("{}_{}", chip.label, if named { &chip.name } else { &entry });
        }
        chip
    };
    chips.into_iter().map(told).collect()
}

/// `/sys/devices/platform/coretemp.0` becomes `platform_coretemp_0`.
fn by_place(device: &Path) -> String {
    let (name, bus) = (spell(&last(device)), device.parent().map(|parent| spell(&last(parent))).unwrap_or_default());
    if bus.is_empty() || name.is_empty() { name } else { format!("{bus}_{name}") }
}

fn last(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Lower case; whatever a metric's name cannot have becomes `_`, none of them at the ends.
pub(super) fn spell(text: &str) -> String {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, ':' | '_');
    let spelled: String = text.to_lowercase().chars().map(|c| if fits(c) { c } else { '_' }).collect();
    spelled.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_on_one_device_are_told_apart() {
        let chip = |label: &str, name: &str| Chip { folder: String::new(), label: label.into(), name: name.into() };
        let chips = vec![
            (chip("board", "fans"), "hwmon0".into()),
            (chip("board", "wmi"), "hwmon1".into()),
            (chip("board", "wmi"), "hwmon2".into()),
            (chip("cpu", "wmi"), "hwmon3".into()),
        ];
        let labels: Vec<_> = tell_apart(chips).into_iter().map(|chip| chip.label).collect();
        assert_eq!(labels, ["board_fans", "board_hwmon1", "board_hwmon2", "cpu"]);
    }
}
