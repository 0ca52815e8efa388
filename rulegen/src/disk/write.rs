//! Writes outputs so that a reader sees the old file or the new one, never half of one; and never touches what others wrote.

use super::Error;
use super::manifest::{Manifest, path_of, print_of};
use rulegen::{Artifact, Layout};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};
use tempfile::NamedTempFile;

/// What a write came to.
pub(crate) enum Outcome {
    Written { changed: usize, unchanged: usize, removed: usize },
    Refused(Vec<(String, Refusal)>),
}

/// Why a file was left alone.
pub(crate) enum Refusal {
    Edited,
    Foreign,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edited => "was edited by hand since the last build; move the change into the spec",
            Self::Foreign => "stands where an output belongs, and rulegen did not write it",
        })
    }
}

/// How an output on disk is not what a build would write.
pub(crate) enum Difference {
    Missing,
    Differs,
    LeftOver,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::LeftOver => "left over from an earlier build",
        })
    }
}

/// Compares byte for byte.
pub(crate) fn compare(
    root: &Path,
    layout: &Layout,
    artifacts: &[Artifact],
) -> Result<Vec<(String, Difference)>, Error> {
    let manifest = Manifest::read(&root.join(path_of(&layout.rules)))?;
    let mut differences = Vec::new();
    for artifact in artifacts {
        match current(&root.join(&artifact.path))? {
            None => differences.push((artifact.path.clone(), Difference::Missing)),
            Some(bytes) if bytes != artifact.text.as_bytes() => {
                differences.push((artifact.path.clone(), Difference::Differs))
            }
            Some(_) => {}
        }
    }
    for path in left_over(&manifest, artifacts) {
        if current(&root.join(path))?.is_some() {
            differences.push((path.to_owned(), Difference::LeftOver));
        }
    }
    Ok(differences)
}

/// Writes what changed and removes what is left over, unless a file would be lost that is not ours.
pub(crate) fn write(root: &Path, layout: &Layout, artifacts: &[Artifact], force: bool) -> Result<Outcome, Error> {
    let manifest_path = root.join(path_of(&layout.rules));
    let manifest = Manifest::read(&manifest_path)?;
    let mut refused = Vec::new();
    let mut changed = Vec::new();
    for artifact in artifacts {
        match current(&root.join(&artifact.path))? {
            Some(bytes) if bytes == artifact.text.as_bytes() => continue,
            Some(bytes) if !manifest.wrote(&artifact.path, &bytes) => {
                let known = manifest.files.contains_key(&artifact.path);
                refused.push((artifact.path.clone(), if known { Refusal::Edited } else { Refusal::Foreign }));
            }
            _ => {}
        }
        changed.push(artifact);
    }
    let mut removed = Vec::new();
    for path in left_over(&manifest, artifacts) {
        match current(&root.join(path))? {
            Some(bytes) if !manifest.wrote(path, &bytes) => refused.push((path.to_owned(), Refusal::Edited)),
            Some(_) => {}
            None => continue,
        }
        removed.push(path);
    }
    if !force && !refused.is_empty() {
        return Ok(Outcome::Refused(refused));
    }
    let unchanged = artifacts.len() - changed.len();
    let outcome = Outcome::Written { changed: changed.len(), unchanged, removed: removed.len() };
    exchange(root, &manifest_path, &manifest, artifacts, &changed, &removed)?;
    Ok(outcome)
}

/// Everything that can fail for want of space or rights happens before the first file is exchanged.
fn exchange(
    root: &Path,
    manifest_path: &Path,
    old: &Manifest,
    artifacts: &[Artifact],
    changed: &[&Artifact],
    removed: &[&str],
) -> Result<(), Error> {
    let mut prepared = Vec::new();
    for artifact in changed {
        let path = root.join(&artifact.path);
        prepared.push((prepare(&path, artifact.text.as_bytes())?, path));
    }
    let mut between = old.clone();
    let mut after = BTreeMap::new();
    for artifact in artifacts {
        let print = print_of(artifact.text.as_bytes());
        after.insert(artifact.path.clone(), vec![print.clone()]);
        let prints = between.files.entry(artifact.path.clone()).or_default();
        if !prints.contains(&print) {
            prints.push(print);
        }
    }
    let after = Manifest { files: after };
    if changed.is_empty() && removed.is_empty() && after.text() == old.text() {
        return Ok(());
    }
    persist(prepare(manifest_path, between.text().as_bytes())?, manifest_path)?;
    for (temporary, path) in prepared {
        persist(temporary, &path)?;
    }
    for path in removed {
        let path = root.join(path);
        fs::remove_file(&path).map_err(|error| Error::new(&path, error))?;
    }
    persist(prepare(manifest_path, after.text().as_bytes())?, manifest_path)
}

/// A complete file beside its destination, on the disk and not only in memory.
fn prepare(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Error::new(folder, error))?;
    // Readable as far as the umask allows: Prometheus runs as somebody else.
    let builder =
        tempfile::Builder::new().prefix(".rulegen-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    let mut temporary = builder.map_err(|error| Error::new(folder, error))?;
    temporary.write_all(bytes).map_err(|error| Error::new(path, error))?;
    temporary.as_file().sync_all().map_err(|error| Error::new(path, error))?;
    Ok(temporary)
}

fn persist(temporary: NamedTempFile, path: &Path) -> Result<(), Error> {
    temporary.persist(path).map_err(|error| Error::new(path, error.error))?;
    // The new name is only safe once the folder is on the disk too.
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| Error::new(folder, error))
}

fn current(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(path, error)),
    }
}

/// Files of an earlier build that this one does not write. A record that points out of the project is not followed.
fn left_over<'m>(manifest: &'m Manifest, artifacts: &[Artifact]) -> Vec<&'m str> {
    let inside = |path: &str| Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
    let written = |path: &str| artifacts.iter().any(|a| a.path == path);
    manifest.files.keys().map(String::as_str).filter(|path| !written(path) && inside(path)).collect()
}
