//! Bounds: `> 80% for 5m`.

use super::Lowering;
use crate::diagnostic::{BAD_BOUND, BAD_QUANTITY, NOT_YET, Problem, Span, WRONG_UNIT};
use crate::promql::{COMPARES, Compare};
use crate::spec::At;
use crate::units::{Duration, Quantity, Unit};

/// A comparison in base units and how long it must hold.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) op: Compare,
    pub(crate) value: f64,
    pub(crate) hold: Duration,
    pub(crate) span: Span,
    pub(crate) hold_span: Span,
}

/// A bound with its duration, in the unit of its signal.
pub(super) fn bound(text: &At<String>, unit: Unit, what: &str, lowering: &mut Lowering<'_>) -> Option<Bound> {
    let (head, until) = split_word(&text.value, "until");
    if let Some((at, _)) = until {
        let message = "a different bound for the end of an alert (`until`) is not supported yet";
        let span = text.part(at..text.value.len());
        lowering
            .push(Problem::error(&NOT_YET, span, message).help("leave `until …` out; the alert ends where it began"));
        return None;
    }
    let (comparison_text, hold) = split_word(head, "for");
    let comparison_at =
        At { value: comparison_text.trim_end().to_owned(), span: text.part(0..comparison_text.trim_end().len()) };
    let hold_span = hold.as_ref().map_or(text.span, |(at, rest)| text.part(*at + 3 + leading(rest)..text.value.len()));
    let hold = match hold {
        None => Some(Duration(0)),
        Some((_, rest)) => Duration::parse(rest.trim())
            .map_err(|message| lowering.push(Problem::error(&BAD_QUANTITY, hold_span, message)))
            .ok(),
    };
    let (op, value) = comparison(&comparison_at, unit, what, lowering)?;
    Some(Bound { op, value, hold: hold?, span: comparison_at.span, hold_span })
}

fn leading(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Splits at a word that stands alone: the text before, and the place of the word with the text after it.
fn split_word<'t>(text: &'t str, word: &str) -> (&'t str, Option<(usize, &'t str)>) {
    for (at, _) in text.match_indices(word) {
        let (before, rest) = (text.get(..at).unwrap_or(""), text.get(at + word.len()..).unwrap_or(""));
        let free = |c: Option<char>| c.is_none_or(char::is_whitespace);
        if free(before.chars().next_back()) && free(rest.chars().next()) {
            return (before, Some((at, rest)));
        }
    }
    (text, None)
}

/// `OP quantity`, with the quantity in `unit`.
pub(super) fn comparison(
    text: &At<String>,
    unit: Unit,
    what: &str,
    lowering: &mut Lowering<'_>,
) -> Option<(Compare, f64)> {
    let trimmed = text.value.trim();
    let Some((symbol, op)) = COMPARES.iter().find(|(symbol, _)| trimmed.starts_with(symbol)) else {
        let message = format!("{what} must start with one of > >= < <= == !=");
        let problem = Problem::error(&BAD_BOUND, text.span, message).help("write it as \"> 80% for 5m\"");
        lowering.push(problem);
        return None;
    };
    let start = leading(&text.value) + symbol.len();
    let rest = text.value.get(start..).unwrap_or("");
    let span = text.part(start + leading(rest)..text.value.len());
    let quantity = match Quantity::parse(rest.trim()) {
        Ok(quantity) => quantity,
        Err(message) => {
            lowering.push(
                Problem::error(&BAD_QUANTITY, span, message).help("write `80%`, `5GiB`, `200ms`, `100/s` or `12`"),
            );
            return None;
        }
    };
    if unit.accepts(quantity.written, quantity.value) {
        return Some((*op, quantity.value));
    }
    let message = format!("{what} is {}, its signal is {}", quantity.written.describe(), unit.describe());
    lowering.push(Problem::error(&WRONG_UNIT, span, message).label(format!("expected {}", unit.describe())));
    None
}

/// A duration longer than nothing.
pub(super) fn duration(text: Option<&At<String>>, lowering: &mut Lowering<'_>) -> Option<Duration> {
    let at = text?;
    match Duration::parse(&at.value) {
        Ok(duration) if duration > Duration(0) => return Some(duration),
        Ok(_) => lowering.push(Problem::error(&BAD_QUANTITY, at.span, "this must be longer than nothing")),
        Err(message) => lowering.push(Problem::error(&BAD_QUANTITY, at.span, message)),
    }
    None
}
