//! Names and numbers that stay the same from build to build.

/// FNV-1a. Not a defence against forgery: it tells whether a file is still the one that was written.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A positive number that fits everything Grafana does with panel ids.
pub(crate) fn stable_id(key: &str) -> u32 {
    let hash = fingerprint(key.as_bytes());
    // 31 bits, folded so that both halves count; zero is not an id.
    (((hash >> 32) ^ hash) as u32 & 0x7fff_ffff).max(1)
}

/// `CPU in use` → `cpu-in-use`.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}
