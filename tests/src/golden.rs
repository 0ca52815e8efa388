//! Expected outputs that stand in files beside their inputs. `UPDATE=1` writes them anew.

use std::{env, fs, path::Path};

/// Compares many files and reports all that differ at once.
#[derive(Debug, Default)]
pub struct Run {
    differing: Vec<String>,
}

impl Run {
    /// Compares `actual` to the file at `path`.
    pub fn compare(&mut self, path: &Path, actual: &str) {
        let expected = fs::read_to_string(path).unwrap_or_default();
        if expected == actual {
            return;
        }
        #[allow(clippy::disallowed_methods)] // A test's only argument.
        if env::var("UPDATE").is_ok_and(|update| update == "1") {
            fs::write(path, actual).unwrap();
            return;
        }
        let first = expected.lines().zip(actual.lines()).position(|(e, a)| e != a);
        let line = first.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        self.differing.push(format!(
            "{}, line {}:\n  expected: {}\n  actual:   {}",
            path.display(),
            line + 1,
            expected.lines().nth(line).unwrap_or("(end)"),
            actual.lines().nth(line).unwrap_or("(end)")
        ));
    }

    /// Fails if anything differed.
    pub fn finish(self) {
        assert!(self.differing.is_empty(), "{} differ:\n{}", self.differing.len(), self.differing.join("\n"));
    }
}
