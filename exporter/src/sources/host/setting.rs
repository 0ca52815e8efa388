//! Switches of single collectors: declared next to the collector, set by flag or file, read once at start.

use std::{collections::BTreeMap, fmt};

use regex::Regex;

/// A switch of a collector. Its flag is `--collector.NAME`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Collector and switch: `filesystem.mount-points-exclude`.
    pub name: &'static str,
    /// What it holds when nobody sets it.
    pub default: Value,
    /// One line for `--help`.
    pub help: &'static str,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// On or off; the flag has a `--no-` twin.
    Switch(bool),
    /// A text; empty means unset.
    Text(&'static str),
}

impl Setting {
    /// A setting that holds text: a regular expression, a path, a number.
    pub const fn text(name: &'static str, default: &'static str, help: &'static str) -> Self {
        Self { name, default: Value::Text(default), help }
    }

    /// A setting that is on or off.
    pub const fn switch(name: &'static str, default: bool, help: &'static str) -> Self {
        Self { name, default: Value::Switch(default), help }
    }
}

/// The settings that somebody set; the rest have their defaults.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    set: BTreeMap<&'static str, String>,
}

impl Settings {
    /// Sets one. The name must be one of a declared setting.
    pub fn set(&mut self, setting: &'static Setting, value: impl Into<String>) {
        self.set.insert(setting.name, value.into());
    }

    /// The text of a setting.
    pub fn text(&self, setting: &'static Setting) -> &str {
        match (self.set.get(setting.name), setting.default) {
            (Some(value), _) => value,
            (None, Value::Text(default)) => default,
            (None, Value::Switch(on)) => {
                if on {
                    "true"
                } else {
                    "false"
                }
            }
        }
    }

    /// Whether a switch is on.
    pub fn is_on(&self, setting: &'static Setting) -> bool {
        self.text(setting) == "true"
    }

    /// A number.
    pub fn number<T: std::str::FromStr>(&self, setting: &'static Setting) -> Result<T, BadSetting> {
        self.text(setting).parse().map_err(|_| self.bad(setting, "not a number in range".into()))
    }

    /// A regular expression, or none where the setting is empty.
    pub fn pattern(&self, setting: &'static Setting) -> Result<Option<Regex>, BadSetting> {
        match self.text(setting) {
            "" => Ok(None),
            text => Regex::new(text).map(Some).map_err(|error| self.bad(setting, error.to_string())),
        }
    }

    /// A filter from an include and an exclude setting. Setting both is an error; setting the first drops the
    /// default of the second.
    pub fn filter(&self, include: &'static Setting, exclude: &'static Setting) -> Result<Filter, BadSetting> {
        match (self.pattern(include)?, self.set.get(exclude.name).is_some_and(|value| !value.is_empty())) {
            (Some(_), true) => Err(self.bad(include, format!("cannot be set together with {}", exclude.name))),
            (Some(include), false) => Ok(Filter { include: Some(include), exclude: None }),
            (None, _) => Ok(Filter { include: None, exclude: self.pattern(exclude)? }),
        }
    }

    /// An error about the value of a setting.
    pub fn bad(&self, setting: &'static Setting, problem: String) -> BadSetting {
        BadSetting { name: setting.name, value: self.text(setting).to_owned(), problem }
    }
}

/// Which names a collector leaves in.
#[derive(Debug, Clone)]
pub struct Filter {
    include: Option<Regex>,
    exclude: Option<Regex>,
}

impl Filter {
    /// Whether this name stays.
    pub fn keeps(&self, name: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(name))
            && !self.exclude.as_ref().is_some_and(|exclude| exclude.is_match(name))
    }
}

/// A setting whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSetting {
    name: &'static str,
    value: String,
    problem: String,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The regex crate draws its errors over several lines; a log line is one.
        let problem = self.problem.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "--collector.{}={:?}: {problem}", self.name, self.value)
    }
}

impl std::error::Error for BadSetting {}
