//! The record of what was written: the difference between a file of ours and anybody else's.

use super::Error;
use rulegen::fingerprint;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Paths with the fingerprints that the file may have. There are two while files are being exchanged, so that a build
/// that was cut off halfway leaves nothing that looks edited by hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifest {
    pub(super) files: BTreeMap<String, Vec<String>>,
}

pub(super) fn path_of(rules: &str) -> String {
    format!("{rules}/.rulegen.json")
}

pub(super) fn print_of(bytes: &[u8]) -> String {
    format!("{:016x}", fingerprint(bytes))
}

impl Manifest {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::new(path, error)),
        };
        let value: Value = serde_json::from_slice(&text).map_err(|error| {
            Error::new(path, format!("not a record of rulegen ({error}); delete it and build with --force"))
        })?;
        let mut files = BTreeMap::new();
        for (name, prints) in value.get("files").and_then(Value::as_object).into_iter().flatten() {
            let prints = prints.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            files.insert(name.clone(), prints.collect());
        }
        Ok(Self { files })
    }

    pub(super) fn wrote(&self, name: &str, bytes: &[u8]) -> bool {
        self.files.get(name).is_some_and(|prints| prints.contains(&print_of(bytes)))
    }

    pub(super) fn text(&self) -> String {
        let about = "What rulegen wrote here, so that it knows its own files. Do not edit.";
        format!("{:#}\n", json!({ "about": about, "files": self.files }))
    }
}
