//! Many snapshots as one: families sorted by name, each once, no series twice.

use std::{collections::HashSet, sync::Arc};

use rustc_hash::FxBuildHasher;

use crate::metric::{Family, Snapshot};

/// All families of an answer, in the order of their names.
pub struct Merged<'a> {
    /// One entry per family name.
    pub families: Vec<Group<'a>>,
    /// Bytes of all labels and suffixes.
    pub text_len: usize,
    /// Samples left out because another snapshot has the same series.
    pub duplicates: u64,
}

/// One family, from however many snapshots.
pub struct Group<'a> {
    /// Name, help, type and unit: those of the first snapshot that has the family.
    pub family: &'a Family,
    /// Whether any of the names in it needs quotes.
    pub quoted: bool,
    samples: Samples<'a>,
}

enum Samples<'a> {
    /// The ordinary case: nothing to compare, nothing to copy.
    One(&'a Snapshot),
    Many(Vec<(&'a str, f64)>),
}

impl<'a> Group<'a> {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match &self.samples {
            Samples::One(_) => self.family.samples.len(),
            Samples::Many(samples) => samples.len(),
        }
    }

    /// Calls `each` with what follows the family name in each sample (suffix and labels), and its value.
    pub fn for_each(&self, mut each: impl FnMut(&'a str, f64)) {
        match &self.samples {
            Samples::One(snapshot) => {
                self.family.samples.iter().for_each(|sample| each(snapshot.series(sample), sample.value));
            }
            Samples::Many(samples) => samples.iter().for_each(|(series, value)| each(series, *value)),
        }
    }
}

/// Merges snapshots. Where two have the same series, the earlier one's sample stays.
pub fn merge(snapshots: &[Arc<Snapshot>]) -> Merged<'_> {
    let mut all: Vec<(&Snapshot, &Family)> = snapshots
        .iter()
        .flat_map(|snapshot| snapshot.families().iter().map(move |family| (&**snapshot, family)))
        .collect();
    // Stable: among equal names, the order of the snapshots decides who comes first.
    all.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let mut duplicates = 0;
    let families = all
        .chunk_by(|a, b| a.1.name == b.1.name)
        .filter_map(|same| match same {
            [] => None,
            [(snapshot, family)] => Some(Group { family, quoted: family.quoted, samples: Samples::One(snapshot) }),
            [(_, family), ..] => {
                let (samples, dropped) = join(same);
                duplicates += dropped;
                Some(Group { family, quoted: same.iter().any(|(_, f)| f.quoted), samples: Samples::Many(samples) })
            }
        })
        .collect();
    Merged { families, text_len: snapshots.iter().map(|snapshot| snapshot.text_len()).sum(), duplicates }
}

fn join<'a>(same: &[(&'a Snapshot, &'a Family)]) -> (Vec<(&'a str, f64)>, u64) {
    let total: usize = same.iter().map(|(_, family)| family.samples.len()).sum();
    let mut seen = HashSet::with_capacity_and_hasher(total, FxBuildHasher);
    let samples: Vec<_> = same
        .iter()
        .flat_map(|(snapshot, family)| family.samples.iter().map(|sample| (snapshot.series(sample), sample.value)))
        .filter(|(series, _)| seen.insert(*series))
        .collect();
    let dropped = (total - samples.len()) as u64;
    (samples, dropped)
}
