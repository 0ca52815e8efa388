//! `/proc/1/mountinfo`: what is mounted where.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use super::super::Host;
use crate::metric::{Failure, Reason};

/// A mounted file system, as the kernel spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount<'a> {
    /// What is mounted, with the kernel's octal escapes.
    pub device: &'a str,
    /// Where, as seen from the root of the host.
    pub point: Cow<'a, str>,
    /// The type of the file system.
    pub kind: &'a str,
    pub major: &'a str,
    pub minor: &'a str,
    pub read_only: bool,
}

impl Mount<'_> {
    /// The path under which this process sees the mount point.
    pub fn path(&self, rootfs: &Path) -> PathBuf {
        rootfs.join(self.point.trim_start_matches('/'))
    }
}

/// The mounts of the first process, which has the host's also where the exporter has its own. Where that one is
/// hidden from us, our own.
pub fn text(host: &mut Host) -> Result<String, Failure> {
    let text = match host.proc_long("1/mountinfo") {
        Err(Failure { reason: Reason::Missing | Reason::Denied, .. }) => host.proc_long("self/mountinfo"),
        text => text,
    };
    text.map(Cow::into_owned)
}

/// All mounts that can be read, in the order of mounting, and the first line that cannot.
pub fn parse<'a>(text: &'a str, rootfs: &Path) -> (Vec<Mount<'a>>, Option<Failure>) {
    let mut odd = None;
    let mounts = text.lines().filter_map(|line| {
        let mount = mount(line, rootfs);
        if mount.is_none() {
            odd.get_or_insert_with(|| Failure::parse(format!("mountinfo: {line:?}")));
        }
        mount
    });
    let mounts = mounts.collect();
    (mounts, odd)
}

/// `36 35 98:0 /root /point rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue`
fn mount<'a>(line: &'a str, rootfs: &Path) -> Option<Mount<'a>> {
    let (place, what) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(2);
    let (major, minor) = place.next()?.split_once(':')?;
    let (point, options) = (place.nth(1)?, place.next()?);
    let mut what = what.splitn(3, ' ');
    let (kind, device, of_device) = (what.next()?, what.next()?, what.next()?);
    if major.parse::<u32>().is_err() || minor.parse::<u32>().is_err() || !point.starts_with('/') {
        return None;
    }
    // ext4 keeps `rw` among its options when an error made it read-only, and adds `emergency_ro`.
    let read_only = options.split(',').any(|option| option == "ro")
        || of_device.split(',').any(|option| matches!(option, "ro" | "emergency_ro"));
    Some(Mount { device, point: seen_from(rootfs, unescape(point)), kind, major, minor, read_only })
}

/// The kernel writes space, tab, newline and backslash as `\` and three octal digits.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let code = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (code.filter(u8::is_ascii), after.get(3..)) {
            (Some(code), Some(after)) => {
                out.push(char::from(code));
                rest = after;
            }
            _ => {
                out.push('\\');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The mount point without the prefix under which a container sees the host.
fn seen_from<'a>(rootfs: &Path, point: Cow<'a, str>) -> Cow<'a, str> {
    if rootfs == Path::new("/") {
        return point;
    }
    match Path::new(&*point).strip_prefix(rootfs) {
        Ok(inner) => Cow::Owned(format!("/{}", inner.display())),
        Err(_) => point,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<'a>(line: &'a str, rootfs: &str) -> Option<Mount<'a>> {
        mount(line, Path::new(rootfs))
    }

    #[test]
    fn reads_a_line_with_and_without_optional_fields() {
        let line = "36 35 98:0 /sub /mnt/a\\040b rw,noatime shared:1 master:2 - ext4 /dev/sd\\040a rw,errors=continue";
        let mount = one(line, "/").unwrap();
        assert_eq!((mount.device, &*mount.point, mount.kind), ("/dev/sd\\040a", "/mnt/a b", "ext4"));
        assert_eq!((mount.major, mount.minor, mount.read_only), ("98", "0", false));
        assert!(one("36 35 0:40 / /x rw - tmpfs  ro", "/").unwrap().read_only);
        assert!(one("36 35 8:1 / /x rw - ext4 /dev/sda1 rw,emergency_ro", "/").unwrap().read_only);
        assert!(!one("36 35 8:1 / /x rw - ext4 /dev/sda1 rw,root=ro", "/").unwrap().read_only);
    }

    #[test]
    fn refuses_lines_that_are_not_mounts() {
        for line in ["", "36", "36 35 98:0 / /x rw", "36 35 x:0 / /x rw - a b c", "36 35 98:0 / x rw - a b c", " - "] {
            assert_eq!(one(line, "/"), None, "{line:?}");
        }
    }

    #[test]
    fn octal_escapes() {
        for (text, plain) in [
            ("/a\\040b", "/a b"),
            ("/a\\134040", "/a\\040"),
            ("/a\\011\\012", "/a\t\n"),
            ("/a\\", "/a\\"),
            ("/a\\9é", "/a\\9é"),
        ] {
            assert_eq!(unescape(text), plain);
        }
    }

    #[test]
    fn strips_whole_components_of_the_root() {
        for (root, point, seen) in [
            ("/", "/host/etc", "/host/etc"),
            ("/host", "/host/etc", "/etc"),
            ("/host/", "/host", "/"),
            ("/host", "/hostess", "/hostess"),
        ] {
            assert_eq!(seen_from(Path::new(root), point.into()), seen);
        }
    }
}
