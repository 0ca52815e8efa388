//! The section `host` of the configuration.

use std::{collections::BTreeMap, path::PathBuf};

use super::{Collector, Settings};

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
}

/// Mount points. Other ones than the usual serve containers that see the host's, and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
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
