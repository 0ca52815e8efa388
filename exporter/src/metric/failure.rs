//! Why a collector has no numbers: a reason that fits a label, and a sentence for the log.

use std::{fmt, io};

/// A closed set, so that it can be a label without growing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// This machine has nothing of the kind; not a fault.
    NoData,
    /// A file or a service that must be there is not.
    Missing,
    /// The operating system or the service refuses us.
    Denied,
    /// Reading failed.
    Io,
    /// The answer makes no sense.
    Parse,
    /// No answer before the deadline.
    Timeout,
    /// An earlier run still has not come back.
    Stuck,
    /// A defect of ours, contained.
    Panic,
}

impl Reason {
    /// The value of the `reason` label.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::Missing => "missing",
            Self::Denied => "denied",
            Self::Io => "io",
            Self::Parse => "parse",
            Self::Timeout => "timeout",
            Self::Stuck => "stuck",
            Self::Panic => "panic",
        }
    }
}

/// Longest detail, in bytes: a path and the beginning of what was read there.
const LONGEST_DETAIL: usize = 300;

/// A collector's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For the series.
    pub reason: Reason,
    /// For the log and the landing page: names the file or the peer. Never holds a secret.
    pub detail: String,
}

impl Failure {
    /// A failure. The detail is cut where it quotes more than a log line should hold.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if detail.len() > LONGEST_DETAIL {
            detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
            detail.push('…');
        }
        Self { reason, detail }
    }

    /// This machine has nothing of the kind.
    pub fn no_data(detail: impl Into<String>) -> Self {
        Self::new(Reason::NoData, detail)
    }

    /// The answer makes no sense: `what` was read and is not what it should be.
    pub fn parse(what: impl Into<String>) -> Self {
        Self::new(Reason::Parse, what)
    }

    /// Reading `what` failed.
    pub fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => Reason::Missing,
            io::ErrorKind::PermissionDenied => Reason::Denied,
            // The kernel knows the file and has it turned off: pressure without `psi=1`.
            io::ErrorKind::Unsupported => Reason::NoData,
            // The process behind an open file has ended.
            _ if error.raw_os_error() == Some(libc::ESRCH) => Reason::Missing,
            _ => Reason::Io,
        };
        Self::new(reason, format!("{what}: {error}"))
    }

    /// Turns "it is not there" into "this machine has nothing of the kind".
    #[must_use]
    pub fn missing_is_no_data(mut self) -> Self {
        if self.reason == Reason::Missing {
            self.reason = Reason::NoData;
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.word(), self.detail)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_follows_from_what_the_kernel_says() {
        let reason = |errno| Failure::io("file", &io::Error::from_raw_os_error(errno)).reason;
        assert_eq!(reason(libc::ENOENT), Reason::Missing);
        assert_eq!(reason(libc::ESRCH), Reason::Missing);
        assert_eq!(reason(libc::EACCES), Reason::Denied);
        assert_eq!(reason(libc::EOPNOTSUPP), Reason::NoData);
        assert_eq!(reason(libc::EIO), Reason::Io);
    }
}
