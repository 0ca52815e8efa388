//! The samples of one collector run, while they are being gathered.

use std::{borrow::Cow, collections::HashMap};

use rustc_hash::FxBuildHasher;

use super::{
    Descriptor, Family, Kind, Sample, Snapshot, is_legacy_label, is_legacy_name, label::write_label_value,
    write_label_name,
};

/// Collects samples up to a budget. What does not fit is counted, not kept.
#[derive(Debug)]
pub struct Batch {
    families: Vec<Family>,
    by_name: HashMap<Cow<'static, str>, usize, FxBuildHasher>,
    text: String,
    /// The family filled last: rows of a table fill the same families in the same order, so the next one is
    /// nearly always this one or its successor.
    last: usize,
    room: usize,
    over_budget: u64,
}

impl Batch {
    /// An empty batch with room for `budget` samples.
    pub fn new(budget: usize) -> Self {
        Self {
            families: Vec::new(),
            by_name: HashMap::default(),
            text: String::new(),
            last: 0,
            room: budget,
            over_budget: 0,
        }
    }

    /// An empty batch that expects what came last time, and so need not grow step by step.
    pub fn like(budget: usize, last: &Snapshot) -> Self {
        let mut batch = Self::new(budget);
        batch.families.reserve(last.families().len());
        batch.by_name.reserve(last.families().len());
        batch.text.reserve(last.text_len());
        batch
    }

    /// Adds one sample of a family with a fixed name. `values` are the label values, in the descriptor's order.
    pub fn push(&mut self, descriptor: &'static Descriptor, values: &[&str], value: f64) {
        self.push_labels(descriptor, descriptor.labels.iter().copied().zip(values.iter().copied()), value);
    }

    /// Adds one sample that has only those labels of its family for which there is a value.
    pub fn push_present<T: AsRef<str>>(&mut self, descriptor: &'static Descriptor, values: &[Option<T>], value: f64) {
        let labels = descriptor.labels.iter().zip(values);
        let present = labels.filter_map(|(name, value)| Some((*name, value.as_ref()?.as_ref())));
        self.push_labels(descriptor, present, value);
    }

    /// Adds one sample of a family whose name the descriptor only outlines.
    pub fn push_named(&mut self, descriptor: &'static Descriptor, name: &str, help: &str, values: &[&str], value: f64) {
        let labels = descriptor.labels.iter().copied().zip(values.iter().copied());
        self.push_foreign(&Foreign { name, help, kind: descriptor.kind, suffix: "" }, labels, value);
    }

    /// Adds one sample whose family no descriptor of ours declares: it was read from somebody else's exposition.
    pub fn push_foreign<'a>(
        &mut self,
        foreign: &Foreign<'_>,
        labels: impl Iterator<Item = (&'a str, &'a str)> + Clone,
        value: f64,
    ) {
        if !self.take_room() {
            return;
        }
        let quoted = !is_legacy_name(foreign.name) || labels.clone().any(|(name, _)| !is_legacy_label(name));
        let family = match self.by_name.get(foreign.name) {
            Some(found) => *found,
            None => self.open(Family {
                name: Cow::Owned(foreign.name.to_owned()),
                help: Cow::Owned(foreign.help.to_owned()),
                kind: foreign.kind,
                unit: "",
                quoted,
                samples: Vec::new(),
            }),
        };
        if let Some(family) = self.families.get_mut(family) {
            family.quoted |= quoted;
        }
        let start = self.text.len();
        self.text.push_str(foreign.suffix);
        write_labels(&mut self.text, labels, quoted);
        self.add(family, start, value);
    }

    /// Number of samples so far.
    pub fn len(&self) -> usize {
        self.families.iter().map(|family| family.samples.len()).sum()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.families.is_empty()
    }

    /// Ends the gathering. Returns the snapshot, and how many samples were left out and why.
    pub fn seal(self) -> (Snapshot, Dropped) {
        let (snapshot, duplicate) = Snapshot::seal(self.families, self.text);
        (snapshot, Dropped { over_budget: self.over_budget, duplicate })
    }

    fn push_labels<'a>(
        &mut self,
        descriptor: &'static Descriptor,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        value: f64,
    ) {
        if !self.take_room() {
            return;
        }
        let family = self.declared(descriptor);
        let start = self.text.len();
        write_labels(&mut self.text, labels, false);
        self.add(family, start, value);
    }

    fn take_room(&mut self) -> bool {
        match self.room.checked_sub(1) {
            Some(room) => self.room = room,
            None => self.over_budget += 1,
        }
        self.over_budget == 0
    }

    fn declared(&mut self, descriptor: &'static Descriptor) -> usize {
        for guess in [self.last, self.last + 1] {
            if self.families.get(guess).is_some_and(|family| std::ptr::eq::<str>(&*family.name, descriptor.name)) {
                return guess;
            }
        }
        match self.by_name.get(descriptor.name) {
            Some(found) => *found,
            None => self.open(Family {
                name: Cow::Borrowed(descriptor.name),
                help: Cow::Borrowed(descriptor.help),
                kind: descriptor.kind,
                unit: descriptor.unit.suffix(),
                quoted: false,
                samples: Vec::new(),
            }),
        }
    }

    fn open(&mut self, family: Family) -> usize {
        self.by_name.insert(family.name.clone(), self.families.len());
        self.families.push(family);
        self.families.len() - 1
    }

    fn add(&mut self, family: usize, start: usize, value: f64) {
        self.last = family;
        if let (Some(family), Ok(start), Ok(end)) =
            (self.families.get_mut(family), u32::try_from(start), u32::try_from(self.text.len()))
        {
            family.samples.push(Sample { start, end, value });
        }
    }
}

/// The family of a sample that was read from somebody else's exposition.
#[derive(Debug, Clone, Copy)]
pub struct Foreign<'a> {
    /// Family name, `_total` included.
    pub name: &'a str,
    /// Help, not escaped.
    pub help: &'a str,
    /// Type.
    pub kind: Kind,
    /// What the sample's name has beyond the family's: `_bucket`, `_sum`, `_count` or nothing.
    pub suffix: &'a str,
}

/// A declared family whose labels are the user's choice.
impl<'a> From<&'a Descriptor> for Foreign<'a> {
    fn from(descriptor: &'a Descriptor) -> Self {
        Self { name: descriptor.name, help: descriptor.help, kind: descriptor.kind, suffix: "" }
    }
}

/// Samples that a run produced and that are not exposed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Beyond the collector's budget of series.
    pub over_budget: u64,
    /// The series was there already.
    pub duplicate: u64,
}

fn write_labels<'a>(text: &mut String, labels: impl Iterator<Item = (&'a str, &'a str)>, quoted: bool) {
    let mut separator = '{';
    for (name, value) in labels {
        text.push(separator);
        if quoted {
            write_label_name(text, name);
        } else {
            text.push_str(name);
        }
        text.push_str("=\"");
        write_label_value(text, value);
        text.push('"');
        separator = ',';
    }
    if separator == ',' {
        text.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Unit;

    const A: Descriptor = Descriptor::gauge("a", Unit::None, &["device"], "A.");
    const B: Descriptor = Descriptor::counter("b_total", Unit::None, &[], "B.");

    fn lines(snapshot: &Snapshot) -> Vec<String> {
        let families = snapshot.families().iter();
        families
            .flat_map(|f| f.samples.iter().map(|s| format!("{}{} {}", f.name, snapshot.series(s), s.value)))
            .collect()
    }

    #[test]
    fn families_are_sorted_and_samples_keep_their_order() {
        let mut batch = Batch::new(10);
        batch.push(&B, &[], 1.0);
        batch.push(&A, &["z"], 2.0);
        batch.push(&A, &["y\""], 3.0);
        let (snapshot, dropped) = batch.seal();
        assert_eq!(lines(&snapshot), [r#"a{device="z"} 2"#, r#"a{device="y\""} 3"#, "b_total 1"]);
        assert_eq!(dropped, Dropped::default());
    }

    #[test]
    fn what_does_not_fit_and_what_is_there_already_is_counted() {
        let mut batch = Batch::new(3);
        for (device, value) in [("x", 1.0), ("x", 2.0), ("y", 3.0), ("z", 4.0)] {
            batch.push(&A, &[device], value);
        }
        let (snapshot, dropped) = batch.seal();
        assert_eq!(lines(&snapshot), [r#"a{device="x"} 1"#, r#"a{device="y"} 3"#]);
        assert_eq!(dropped, Dropped { over_budget: 1, duplicate: 1 });
    }
}
