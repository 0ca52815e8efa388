//! Reads the project file and everything it names.

use super::Error;
use glob::MatchOptions;
use rulegen::{Layout, Role, Sources};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A little more than the compiler accepts, so that it can say "too large" itself.
const MOST_BYTES: u64 = 1_000_001;

/// A project as it was found on disk.
pub(crate) struct Project {
    pub(crate) sources: Sources,
    pub(crate) layout: Layout,
    /// Folder of the project file.
    pub(crate) root: PathBuf,
}

pub(crate) fn read(config: &Path) -> Result<Project, Error> {
    let root = config.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
    let name = config.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut sources = Sources::default();
    if root != Path::new(".") {
        sources.show_under(&root.to_string_lossy());
    }
    sources.add(Role::Project, name, text(config)?);
    let layout = rulegen::layout(&sources);
    for pattern in &layout.specs {
        add(&mut sources, &root, Role::Spec, pattern)?;
    }
    add(&mut sources, &root, Role::Pack, &format!("{}/*.yml", layout.library))?;
    add(&mut sources, &root, Role::Catalog, &format!("{}/*.yml", layout.catalogs))?;
    Ok(Project { sources, layout, root })
}

fn add(sources: &mut Sources, root: &Path, role: Role, pattern: &str) -> Result<(), Error> {
    // An absolute pattern stands for itself; any other begins at the project file.
    let whole = Path::new(&glob::Pattern::escape(&root.to_string_lossy())).join(pattern);
    let options =
        MatchOptions { require_literal_separator: true, require_literal_leading_dot: true, ..MatchOptions::new() };
    // The paths come sorted: the order of a directory listing is the file system's, and outputs must not depend on it.
    let found = glob::glob_with(&whole.to_string_lossy(), options).map_err(|error| Error::new(&whole, error))?;
    let mut any = false;
    for path in found.flatten() {
        any = true;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        sources.add(role, name, text(&path)?);
    }
    if !any {
        sources.nothing_at(pattern);
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, Error> {
    let file = File::open(path).map_err(|error| Error::new(path, error))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| Error::new(path, error))?;
    // A cut in the middle of a character is no reason to call a large file unreadable.
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.as_bytes().len() as u64 == MOST_BYTES => {
            Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
        Err(error) => Err(Error::new(path, format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()))),
    }
}
