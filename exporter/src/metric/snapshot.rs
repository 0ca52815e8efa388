//! All families of one collector run, sealed: sorted, free of duplicates, never changed again.

use std::{borrow::Cow, collections::HashSet};

use rustc_hash::FxBuildHasher;

use super::Kind;

/// Families in the order of their names.
#[derive(Debug, Default)]
pub struct Snapshot {
    families: Vec<Family>,
    text: String,
}

/// One family of a snapshot.
#[derive(Debug)]
pub struct Family {
    /// Name as in the text format, `_total` included.
    pub name: Cow<'static, str>,
    /// One sentence, not escaped.
    pub help: Cow<'static, str>,
    /// Prometheus type.
    pub kind: Kind,
    /// Unit of the values, empty where there is none.
    pub unit: &'static str,
    /// Whether a name in it needs the quoted spelling of the UTF-8 formats.
    pub quoted: bool,
    /// In the order in which the collector gave them.
    pub samples: Vec<Sample>,
}

/// One sample: a piece of the snapshot's text, and a value.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The value.
    pub value: f64,
}

impl Snapshot {
    /// Sorts the families and drops every sample whose series is there already. Returns how many were dropped.
    pub(super) fn seal(mut families: Vec<Family>, text: String) -> (Self, u64) {
        let mut dropped = 0;
        for family in &mut families {
            dropped += drop_duplicates(&mut family.samples, &text);
        }
        families.retain(|family| !family.samples.is_empty());
        families.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        (Self { families, text }, dropped)
    }

    /// The families, sorted by name.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// What follows the family name: a suffix such as `_bucket`, then the labels in braces, where there are any.
    pub fn series(&self, sample: &Sample) -> &str {
        self.text.get(sample.start as usize..sample.end as usize).unwrap_or_default()
    }

    /// Bytes of all that [`Snapshot::series`] returns.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Number of samples in all families.
    pub fn len(&self) -> usize {
        self.families.iter().map(|family| family.samples.len()).sum()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.families.is_empty()
    }
}

fn drop_duplicates(samples: &mut Vec<Sample>, text: &str) -> u64 {
    if samples.len() < 2 {
        return 0;
    }
    let before = samples.len();
    let mut seen = HashSet::with_capacity_and_hasher(before, FxBuildHasher);
    samples.retain(|sample| seen.insert(text.get(sample.start as usize..sample.end as usize)));
    (before - samples.len()) as u64
}
