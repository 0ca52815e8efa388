//! Reads the project file and everything it names.

use super::Error;
use rulegen::{Layout, Role, Sources};
use std::fs::{self, File};
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
        let found = add(&mut sources, &root, Role::Spec, pattern)?;
        if found == 0 {
            sources.nothing_at(pattern);
        }
    }
    add(&mut sources, &root, Role::Pack, &format!("{}/*.yml", layout.library))?;
    add(&mut sources, &root, Role::Catalog, &format!("{}/*.yml", layout.catalogs))?;
    Ok(Project { sources, layout, root })
}

fn add(sources: &mut Sources, root: &Path, role: Role, pattern: &str) -> Result<usize, Error> {
    let mut paths = vec![String::new()];
    for part in pattern.split('/') {
        paths = paths.iter().flat_map(|path| step(root, path, part)).collect();
    }
    // The order of a directory listing is the file system's; outputs must not depend on it.
    paths.sort();
    paths.dedup();
    for path in &paths {
        sources.add(role, path.clone(), text(&root.join(path))?);
    }
    Ok(paths.len())
}

/// One part of a pattern: a name, or a name with `*` in it.
fn step(root: &Path, path: &str, part: &str) -> Vec<String> {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    if !part.contains('*') {
        return Some(join(part)).filter(|p| part.is_empty() || root.join(p).exists()).into_iter().collect();
    }
    let Ok(entries) = fs::read_dir(root.join(path)) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| !name.starts_with('.') && matches(part, name)).map(|name| join(&name)).collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|tail| {
            tail.char_indices().map(|(i, _)| i).chain([tail.len()]).any(|i| matches(rest, tail.get(i..).unwrap_or("")))
        }),
    }
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
