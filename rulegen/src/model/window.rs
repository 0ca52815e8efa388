//! Windows of time: weekdays, hours, a zone; split at midnight because Alertmanager's end the day there.

use super::Lowering;
use super::ident::slug;
use crate::diagnostic::{BAD_WINDOW, Problem, Span};
use crate::spec::{At, QuietSpec, WindowSpec};

#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// As people say it.
    pub(crate) words: String,
    pub(crate) zone: String,
    pub(crate) intervals: Vec<Interval>,
}

/// Within one day: minutes from midnight, the end not included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interval {
    /// Monday is 0. Empty means every day.
    pub(crate) weekdays: Vec<usize>,
    pub(crate) days_of_month: Option<(i32, i32)>,
    pub(crate) minutes: (u32, u32),
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MIDNIGHT: u32 = 24 * 60;

pub(crate) fn day_name(day: usize) -> &'static str {
    DAYS.get(day % 7).copied().unwrap_or("monday")
}

pub(super) fn named(spec: WindowSpec, lowering: &mut Lowering<'_>) -> Option<Window> {
    let every_day = Which { weekdays: Vec::new(), days_of_month: None };
    let which = spec.days.as_ref().map_or(Some(every_day), |days| days_of(days, lowering))?;
    window(&spec.name, which, spec.hours.as_ref(), spec.zone.as_ref(), lowering)
}

pub(super) fn quiet(spec: QuietSpec, lowering: &mut Lowering<'_>) -> Option<Window> {
    let which = days_of(&spec.every, lowering)?;
    let hours = spec.hours.as_ref().map_or("all-day", |h| h.value.as_str());
    let zone = spec.zone.as_ref().map(|z| z.value.as_str()).filter(|z| *z != "UTC").unwrap_or_default();
    let words = format!("quiet {} {} {zone}", spec.every.value, hours.replace(':', ""));
    let name = At { value: slug(&words), span: spec.every.span };
    let mut window = window(&name, which, spec.hours.as_ref(), spec.zone.as_ref(), lowering)?;
    window.words = format!("every {}, {} {}", spec.every.value, hours, window.zone);
    Some(window)
}

struct Which {
    weekdays: Vec<usize>,
    days_of_month: Option<(i32, i32)>,
}

fn window(
    name: &At<String>,
    which: Which,
    hours: Option<&At<String>>,
    zone: Option<&At<String>>,
    lowering: &mut Lowering<'_>,
) -> Option<Window> {
    let (start, end) = hours.map_or(Some((0, MIDNIGHT)), |h| hours_of(h, lowering))?;
    let zone_name = zone.map_or(Some("UTC".to_owned()), |z| zone_of(z, lowering))?;
    let at = |minutes| Interval { weekdays: which.weekdays.clone(), days_of_month: which.days_of_month, minutes };
    let mut intervals = Vec::new();
    if start < end {
        intervals.push(at((start, end)));
    } else {
        if which.days_of_month.is_some() {
            if let Some(hours) = hours {
                let message = "a window on some day of the month cannot cross midnight";
                lowering.push(Problem::error(&BAD_WINDOW, hours.span, message).help("write two windows, one per day"));
            }
            return None;
        }
        intervals.push(at((start, MIDNIGHT)));
        // The hours after midnight belong to the day after.
        let next = which.weekdays.iter().map(|day| (day + 1) % 7).collect();
        if end > 0 {
            intervals.push(Interval { weekdays: next, days_of_month: None, minutes: (0, end) });
        }
    }
    let words = hours.map_or_else(|| name.value.clone(), |h| format!("{}, {} {zone_name}", name.value, h.value));
    Some(Window { name: name.value.clone(), span: name.span, words, zone: zone_name, intervals })
}

/// The name of a zone as its database spells it: Alertmanager looks for a file of that very name.
fn zone_of(text: &At<String>, lowering: &mut Lowering<'_>) -> Option<String> {
    if let Ok(zone) = jiff::tz::TimeZone::get(&text.value) {
        return Some(zone.iana_name().unwrap_or("UTC").to_owned());
    }
    let message = format!("`{}` is not a time zone", text.value);
    let problem = Problem::error(&BAD_WINDOW, text.span, message);
    lowering.push(problem.help("write an IANA name: `UTC`, `Europe/Berlin`"));
    None
}

/// `22:00-06:00` → minutes. The end may lie on the next day.
fn hours_of(text: &At<String>, lowering: &mut Lowering<'_>) -> Option<(u32, u32)> {
    let clock = |part: &str| -> Option<u32> {
        let (hour, minute) = part.trim().split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && hour * 60 + minute <= MIDNIGHT).then_some(hour * 60 + minute)
    };
    let parsed = text.value.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)));
    match parsed {
        Some((start, end)) if start != end && start != MIDNIGHT => return Some((start, end)),
        Some(_) => lowering.push(Problem::error(&BAD_WINDOW, text.span, "this window is never open")),
        None => {
            let message = format!("`{}` are not hours", text.value);
            lowering.push(Problem::error(&BAD_WINDOW, text.span, message).help("write \"02:00-03:00\""));
        }
    }
    None
}

/// `tuesday`, `mon-fri`, `tue, thu`, `day`, `last saturday`, `first monday`.
fn days_of(text: &At<String>, lowering: &mut Lowering<'_>) -> Option<Which> {
    let lower = text.value.to_lowercase();
    let words = lower.trim();
    let (days_of_month, words) = match words.split_once(' ') {
        Some(("last", rest)) => (Some((-7, -1)), rest),
        Some(("first", rest)) => (Some((1, 7)), rest),
        _ => (None, words),
    };
    let weekdays = if words == "day" { Some(Vec::new()) } else { list(words) };
    if weekdays.is_none() {
        let message = format!("`{}` are not days", text.value);
        let help = "write `tuesday`, `mon-fri`, `sat, sun`, `day`, `last saturday` or `first monday`";
        lowering.push(Problem::error(&BAD_WINDOW, text.span, message).help(help));
    }
    Some(Which { weekdays: weekdays?, days_of_month })
}

fn list(words: &str) -> Option<Vec<usize>> {
    let mut days = Vec::new();
    for part in words.split(',') {
        match part.split_once('-') {
            None => days.push(day(part)?),
            Some((from, to)) => {
                let (from, to) = (day(from)?, day(to)?);
                // `fri-mon` goes around the weekend.
                days.extend((0..7).map(|step| (from + step) % 7).take((to + 7 - from) % 7 + 1));
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    Some(days)
}

/// A day by its name or the first three letters of it.
fn day(word: &str) -> Option<usize> {
    let word = word.trim();
    DAYS.iter().position(|name| *name == word || (word.len() == 3 && name.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn days_go_around_the_week() {
        assert_eq!(list("fri-mon"), Some(vec![0, 4, 5, 6]));
        assert_eq!(list("tuesday, thu"), Some(vec![1, 3]));
        assert_eq!(list("someday"), None);
    }
}
