//! Finding and reading the files.

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use crate::{metric::Failure, sources::host::Host};

/// Bytes of one file, and of all, at most: far more than fits into a collector's budget of series.
const LARGEST: u64 = 8 << 20;
const MOST_BYTES: u64 = 32 << 20;

/// A file as it was found.
pub(super) struct File {
    /// Directory and name, as the operator wrote the one and the program the other.
    pub path: String,
    /// When it was last written, in whole seconds since 1970.
    pub mtime: f64,
    /// All of it.
    pub text: String,
}

/// Reads every `*.prom` in the directories that match. What cannot be read is a problem, and the rest goes on.
pub(super) fn read(host: &mut Host, patterns: &[String], problems: &mut Vec<String>) -> Vec<File> {
    let mut files = Vec::new();
    let mut room = MOST_BYTES;
    for directory in patterns.iter().flat_map(|pattern| matching(pattern)) {
        let paths = match prom_files(&directory) {
            Ok(paths) => paths,
            Err(error) => {
                problems.push(format!("{}: {error}", directory.display()));
                continue;
            }
        };
        for path in paths {
            match read_file(host, &path, room) {
                Ok(file) => {
                    room = room.saturating_sub(file.text.len() as u64);
                    files.push(file);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
    files
}

/// The directories that a pattern stands for; itself where it has no wildcards or matches nothing.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let found: Vec<_> = glob::glob(pattern).into_iter().flatten().flatten().collect();
    if found.is_empty() && !pattern.is_empty() { vec![pattern.into()] } else { found }
}

fn prom_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    let mut names: Vec<_> = entries.iter().map(fs::DirEntry::file_name).collect();
    names.retain(|name| name.as_encoded_bytes().ends_with(b".prom"));
    names.sort_unstable();
    Ok(names.iter().map(|name| directory.join(name)).collect())
}

fn read_file(host: &mut Host, path: &Path, room: u64) -> Result<File, String> {
    let shown = path.to_string_lossy().into_owned();
    let found = fs::metadata(path).map_err(|error| Failure::io(&shown, &error).detail)?;
    // Opening a pipe would wait for somebody to write into it.
    if !found.is_file() {
        return Err(format!("{shown}: not a file"));
    }
    if found.len() > LARGEST.min(room) {
        return Err(format!("{shown}: {} bytes are more than the {} allowed", found.len(), LARGEST.min(room)));
    }
    // Taken before the text, so that a file never looks newer than what was read from it.
    let mtime = found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    match host.read_once(path).map_err(|failure| failure.detail)? {
        Cow::Borrowed(text) => {
            Ok(File { mtime: mtime.map_or(0.0, |at| at.as_secs() as f64), text: text.to_owned(), path: shown })
        }
        // What is not UTF-8 was replaced, and whoever wrote it meant something else.
        Cow::Owned(text) => {
            let line = text.split('\n').position(|line| line.contains(char::REPLACEMENT_CHARACTER)).unwrap_or(0);
            Err(format!("{shown}: line {}: not UTF-8", line + 1))
        }
    }
}
