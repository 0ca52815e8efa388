//! What people read: summaries with their values still open, bounds in words.

use crate::model::{Bound, Part, Service, Signal, Summary};
use crate::units::{Duration, Unit};

/// A piece of a text that is completed when the alert fires.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    /// The value of the signal, in this unit.
    Value(Unit),
    Label(String),
}

pub(super) fn pieces(summary: &Summary, signal: &Signal, bound: &Bound) -> Vec<Piece> {
    let piece = |part: &Part| match part {
        Part::Text(text) => Piece::Text(text.clone()),
        Part::Value => Piece::Value(signal.unit),
        Part::Bound => Piece::Text(signal.unit.show(bound.value)),
        Part::Label(label) => Piece::Label(label.clone()),
        Part::Unknown(word) => Piece::Text(format!("{{{word}}}")),
    };
    summary.parts.iter().map(|(part, _)| piece(part)).collect()
}

/// `> 80% for 5m`, as the spec has it.
pub(crate) fn describe_bound(bound: &Bound, unit: Unit) -> String {
    let comparison = format!("{} {}", bound.op.symbol(), unit.show(bound.value));
    if bound.hold == Duration(0) { comparison } else { format!("{comparison} for {}", bound.hold) }
}

/// A severity with what the spec says it means.
pub(crate) fn severity_words(service: &Service, name: &str) -> String {
    let about = service.severities.iter().find(|s| s.name.value == name).and_then(|s| s.about.as_ref());
    about.map_or_else(|| name.to_owned(), |about| format!("{name} ({about})"))
}
