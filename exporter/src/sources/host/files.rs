//! Reading the kernel's files, cheaply: most of them are kept open and read again from their start.

use std::{
    borrow::Cow,
    collections::HashMap,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use once_cell::sync::Lazy;
use rustc_hash::FxBuildHasher;
use rustix::process::{Resource, getrlimit};

use super::Paths;
use crate::metric::Failure;

/// Files kept open in the whole process, at most: half of what the system allows us, so that the rest serves connections
/// and passing reads. Beyond that, files are opened for each read.
static MOST_OPEN: Lazy<usize> = Lazy::new(|| {
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(allowed / 2).unwrap_or(usize::MAX).min(2048)
});
/// Runs after which a kept file that nobody read is closed: its device is gone.
const FORGET_AFTER: u64 = 8;
/// The kernel allocates what the caller asks for on each read of `/proc/sys`, so the first read asks for little.
const FIRST_READ: usize = 1024;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// The files of one host, as one collector sees them.
pub struct Host {
    /// Where the kernel's file systems are mounted.
    pub paths: Paths,
    procfs: Mount,
    sysfs: Mount,
    buffer: Vec<u8>,
    run: u64,
    deadline: Instant,
}

/// One of the kernel's file systems, and the files of it that are kept open.
struct Mount {
    path: PathBuf,
    kept: HashMap<Box<str>, Kept, FxBuildHasher>,
}

struct Kept {
    file: File,
    used: u64,
    size: usize,
}

impl Drop for Kept {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Host {
    /// A host whose kernel file systems are mounted at `paths`.
    pub fn new(paths: Paths) -> Self {
        let mount = |path: &Path| Mount { path: path.to_owned(), kept: HashMap::default() };
        let (procfs, sysfs) = (mount(&paths.procfs), mount(&paths.sysfs));
        Self { paths, procfs, sysfs, buffer: Vec::new(), run: 0, deadline: Instant::now() }
    }

    /// One run of a collector.
    pub fn visit<T>(&mut self, deadline: Instant, run: impl FnOnce(&mut Self) -> T) -> T {
        self.deadline = deadline;
        self.run += 1;
        let result = run(self);
        let oldest = self.run.saturating_sub(FORGET_AFTER);
        for mount in [&mut self.procfs, &mut self.sysfs] {
            mount.kept.retain(|_, kept| kept.used >= oldest);
        }
        result
    }

    /// When this run must be over. Collectors that read many files look at it now and then.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The text of a file of proc.
    pub fn proc(&mut self, path: &str) -> Result<Cow<'_, str>, Failure> {
        let read = self.procfs.read(path, &mut self.buffer, self.run, End::ShortOfPage);
        read.map_err(|error| Failure::io(self.paths.procfs.join(path).display(), &error))
    }

    /// The text of a file of proc that has lines as long as a page.
    pub fn proc_long(&mut self, path: &str) -> Result<Cow<'_, str>, Failure> {
        let read = self.procfs.read(path, &mut self.buffer, self.run, End::Empty);
        read.map_err(|error| Failure::io(self.paths.procfs.join(path).display(), &error))
    }

    /// The number that is all there is in a file of proc.
    pub fn proc_number(&mut self, path: &str) -> Result<f64, Failure> {
        let text = self.proc(path)?;
        let number: u64 = text.trim().parse().map_err(|_| Failure::parse(format!("{path}: {text:?}")))?;
        Ok(number as f64)
    }

    /// The text of a file of sysfs, without the newline at its end.
    pub fn sys(&mut self, path: &str) -> Result<Cow<'_, str>, Failure> {
        let read = self.sysfs.read(path, &mut self.buffer, self.run, End::Short);
        read.map(trim_end).map_err(|error| Failure::io(self.paths.sysfs.join(path).display(), &error))
    }

    /// The text of an attribute of sysfs, where the device has it and gives it. Many have not, which costs no words.
    pub fn attribute(&mut self, path: &str) -> Option<Cow<'_, str>> {
        self.sysfs.read(path, &mut self.buffer, self.run, End::Short).map(trim_end).ok()
    }

    /// The number in an attribute of sysfs, where the device has it and it is one.
    pub fn number(&mut self, path: &str) -> Option<f64> {
        self.attribute(path)?.parse().ok()
    }

    /// The text of an ordinary file. It is not kept open: such files are replaced, not rewritten.
    pub fn root(&mut self, path: &str) -> Result<Cow<'_, str>, Failure> {
        let path = self.paths.rootfs.join(path.trim_start_matches('/'));
        self.read_once(&path)
    }

    /// The text of any file, opened for this one read.
    pub fn read_once(&mut self, path: &Path) -> Result<Cow<'_, str>, Failure> {
        let read = File::open(path).and_then(|file| read_all(&file, &mut self.buffer, FIRST_READ, End::Empty));
        match read {
            Ok(size) => Ok(text(self.buffer.get(..size))),
            Err(error) => Err(Failure::io(path.display(), &error)),
        }
    }

    /// The names in a directory of proc, sorted.
    pub fn list_proc(&self, path: &str) -> Result<Vec<String>, Failure> {
        list(&self.paths.procfs.join(path))
    }

    /// The names in a directory of sysfs, sorted.
    pub fn list_sys(&self, path: &str) -> Result<Vec<String>, Failure> {
        list(&self.paths.sysfs.join(path))
    }

    /// The names in a directory of sysfs that lists devices. None at all means that this machine has none.
    pub fn devices(&self, path: &str) -> Result<Vec<String>, Failure> {
        match self.list_sys(path) {
            Ok(names) if names.is_empty() => Err(Failure::no_data(format!("{path} is empty"))),
            names => names.map_err(Failure::missing_is_no_data),
        }
    }
}

impl Mount {
    fn read<'a>(&mut self, path: &str, buffer: &'a mut Vec<u8>, run: u64, end: End) -> io::Result<Cow<'a, str>> {
        if let Some(kept) = self.kept.get_mut(path) {
            kept.used = run;
            match read_all(&kept.file, buffer, kept.size, end) {
                Ok(size) => {
                    kept.size = size + 1;
                    return Ok(text(buffer.get(..size)));
                }
                Err(error) if has_no_value(&error) => return Err(error),
                // The device behind the file went away; another one may have its name now.
                Err(_) => drop(self.kept.remove(path)),
            }
        }
        let file = File::open(self.path.join(path))?;
        let size = read_all(&file, buffer, FIRST_READ, end);
        if size.as_ref().err().is_none_or(has_no_value) {
            let guess = size.as_ref().map_or(FIRST_READ, |size| size + 1);
            self.keep(path, Kept { file, used: run, size: guess });
        }
        Ok(text(buffer.get(..size?)))
    }

    fn keep(&mut self, path: &str, kept: Kept) {
        // What is not kept is counted down again as it is dropped.
        if OPEN.fetch_add(1, Ordering::Relaxed) < *MOST_OPEN {
            self.kept.insert(path.into(), kept);
        }
    }
}

/// Whether the file is there for good, only without a value at the moment: the speed of a device that is down.
fn has_no_value(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput
}

/// Largest file read: far above any file of the kernel, far below what would hurt.
const LARGEST: usize = 16 << 20;

/// What tells that a file is at its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A read that gives nothing.
    Empty,
    /// A read that gives less than there is room for, and less than a quarter of a page. Files of proc are written
    /// into a page line by line and come in pieces where the next line does not fit; so a short piece is the last
    /// one, unless a line follows that is longer than the rest of the page.
    ShortOfPage,
    /// A read that gives less than there is room for: so with attributes of sysfs, which come in one piece. The
    /// kernel would make the whole attribute anew only to say that it is over.
    Short,
}

impl End {
    /// Whether a read that did not fill its room, and gave `size` bytes, was the last.
    fn is_at(self, size: usize) -> bool {
        match self {
            Self::Empty => false,
            Self::ShortOfPage => size < 1024,
            Self::Short => true,
        }
    }
}

/// Reads a file from its start into the buffer, asking first for `guess` bytes. Returns the number of bytes.
fn read_all(file: &File, buffer: &mut Vec<u8>, guess: usize, end: End) -> io::Result<usize> {
    let mut filled = 0;
    let mut room = guess.max(64);
    loop {
        if buffer.len() < filled + room {
            buffer.resize(filled + room, 0);
        }
        let Some(free) = buffer.get_mut(filled..filled + room) else { return Ok(filled) };
        match file.read_at(free, filled as u64) {
            Ok(0) => return Ok(filled),
            Ok(read) if read < room && end.is_at(read) => return Ok(filled + read),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if filled > LARGEST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 16 MiB"));
        }
        room = room.max(filled).max(4096 - FIRST_READ);
    }
}

/// What was read, as text. The check of whole pieces is several times faster than the search for what to replace, and there
/// is nearly never anything to replace.
fn text(bytes: Option<&[u8]>) -> Cow<'_, str> {
    let bytes = bytes.unwrap_or_default();
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn list(path: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let entries = fs::read_dir(path).map_err(|error| Failure::io(path.display(), &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Failure::io(path.display(), &error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

fn trim_end(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
        Cow::Owned(text) => Cow::Owned(text.trim_end().to_owned()),
    }
}
