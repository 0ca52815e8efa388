//! Files in, files out.

mod manifest;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::{Difference, Outcome, compare, write};

use std::fmt;
use std::path::Path;

/// A file or folder that could not be read or written.
#[derive(Debug)]
pub(crate) struct Error {
    path: String,
    reason: String,
}

impl Error {
    pub(crate) fn new(path: &Path, reason: impl fmt::Display) -> Self {
        Self { path: path.display().to_string(), reason: reason.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}
