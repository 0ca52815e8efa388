//! The section `host` of the configuration.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;
use serde_yaml::Spanned;

use super::{COLLECTORS, Collector, Setting, Settings};

/// Which collectors run, and where they look.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where the kernel's file systems are mounted.
    pub paths: Paths,
    /// Run only what is turned on by name.
    pub disable_defaults: bool,
    /// Collectors turned on or off by name.
    pub switched: BTreeMap<&'static str, bool>,
    /// Settings of single collectors.
    pub settings: Settings,
}

impl Config {
    /// Whether a collector runs.
    pub fn is_on(&self, collector: &Collector) -> bool {
        let default = collector.default && !self.disable_defaults;
        self.switched.get(collector.name).copied().unwrap_or(default)
    }

    /// Takes over what the file says. Adds what is wrong with it to `problems`, each with its place.
    pub fn read(&mut self, section: Section, problems: &mut Vec<Problem>) {
        self.paths = section.paths;
        self.disable_defaults = section.disable_defaults;
        for (name, on) in section.collectors {
            match COLLECTORS.iter().find(|collector| collector.name == name) {
                Some(collector) => _ = self.switched.insert(collector.name, on.value),
                None => problems.push(Problem::unknown("collector", &name, &on, COLLECTORS.iter().map(|c| c.name))),
            }
        }
        for (name, value) in section.settings {
            let all = || COLLECTORS.iter().flat_map(|collector| collector.settings);
            match all().find(|setting| setting.name == name) {
                Some(setting) => self.set(setting, value.value),
                None => problems.push(Problem::unknown("setting", &name, &value, all().map(|setting| setting.name))),
            }
        }
    }

    fn set(&mut self, setting: &'static Setting, value: Given) {
        self.settings.set(
            setting,
            match value {
                Given::Switch(on) => on.to_string(),
                Given::Number(number) => number.to_string(),
                Given::Text(text) => text,
                Given::Several(texts) => texts.join("\n"),
            },
        );
    }
}

/// The section as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    paths: Paths,
    disable_defaults: bool,
    collectors: BTreeMap<String, Spanned<bool>>,
    settings: BTreeMap<String, Spanned<Given>>,
}

/// The value of a setting as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    Switch(bool),
    Number(i64),
    Text(String),
    Several(Vec<String>),
}

/// Something in the file that means nothing.
#[derive(Debug)]
pub struct Problem {
    /// Line and column, from 1.
    pub place: (u64, u64),
    /// What, and what was probably meant.
    pub text: String,
}

impl Problem {
    fn unknown<T>(what: &str, name: &str, at: &Spanned<T>, known: impl Iterator<Item = &'static str>) -> Self {
        let near = known.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = match near {
            Some((score, known)) if score > 0.75 => format!("; did you mean `{known}`?"),
            _ => "; `stack_exporter --help` lists them".to_owned(),
        };
        let place = (at.referenced.line(), at.referenced.column());
        Self { place, text: format!("there is no {what} `{name}`{hint}") }
    }
}

/// Mount points. Other ones than the usual serve containers that see the host's, and tests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// Of proc.
    pub procfs: PathBuf,
    /// Of sysfs.
    pub sysfs: PathBuf,
    /// Of the root file system.
    pub rootfs: PathBuf,
    /// Of udev's database.
    pub udev_data: PathBuf,
}

impl Default for Paths {
    fn default() -> Self {
        Self { procfs: "/proc".into(), sysfs: "/sys".into(), rootfs: "/".into(), udev_data: "/run/udev/data".into() }
    }
}
