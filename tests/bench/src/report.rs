//! What was measured, against whom, and whether it is good enough.

use std::fmt::{self, Display};

/// One measurement beside one of somebody else's.
#[derive(Debug)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// How much of it we need.
    pub ours: Quantity,
    /// Who else, and how much of it they need.
    pub other: Option<(String, Quantity)>,
    /// What we want to reach.
    pub target: Option<Target>,
}

/// A number in base units.
#[derive(Debug, Clone, Copy)]
pub enum Quantity {
    /// Time.
    Seconds(f64),
    /// Memory, or a file.
    Bytes(f64),
    /// Answers in a second.
    PerSecond(f64),
    /// A number of things.
    Count(f64),
}

/// What we want to reach.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// At most this much.
    AtMost(Quantity),
    /// At most this share of theirs.
    ShareAtMost(f64),
    /// At least so many times theirs.
    TimesAtLeast(f64),
}

impl Quantity {
    fn amount(self) -> f64 {
        match self {
            Self::Seconds(amount) | Self::Bytes(amount) | Self::PerSecond(amount) | Self::Count(amount) => amount,
        }
    }
}

impl Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Seconds(s) if s < 1e-6 => write!(f, "{:.1} ns", s * 1e9),
            Self::Seconds(s) if s < 1e-3 => write!(f, "{:.1} µs", s * 1e6),
            Self::Seconds(s) => write!(f, "{:.2} ms", s * 1e3),
            Self::Bytes(bytes) => write!(f, "{:.1} MB", bytes / 1e6),
            Self::PerSecond(rate) => write!(f, "{rate:.0}/s"),
            Self::Count(count) => write!(f, "{count:.0}"),
        }
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::ShareAtMost(share) => write!(f, "≤ 1/{:.0}", 1.0 / share),
            Self::TimesAtLeast(times) => write!(f, "≥ {times:.0} ×"),
        }
    }
}

impl Row {
    /// A measurement without a target.
    pub fn new(what: impl Into<String>, ours: Quantity) -> Self {
        Self { what: what.into(), ours, other: None, target: None }
    }

    /// Beside somebody else's.
    pub fn beside(self, name: &str, theirs: Quantity) -> Self {
        Self { other: Some((name.to_owned(), theirs)), ..self }
    }

    /// With a target.
    pub fn target(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    /// Whether the target is reached.
    pub fn passes(&self) -> Option<bool> {
        let ratio = self.other.as_ref().map(|(_, theirs)| self.ours.amount() / theirs.amount());
        Some(match self.target? {
            Target::AtMost(most) => self.ours.amount() <= most.amount(),
            Target::ShareAtMost(share) => ratio? <= share,
            Target::TimesAtLeast(times) => ratio? >= times,
        })
    }

    fn cells(&self) -> [String; 7] {
        let (name, theirs, ratio) = match &self.other {
            Some((name, theirs)) => {
                let ratio = self.ours.amount() / theirs.amount();
                let ratio = if ratio < 1.0 { format!("1/{:.1}", 1.0 / ratio) } else { format!("{ratio:.1} ×") };
                (name.clone(), theirs.to_string(), ratio)
            }
            None => Default::default(),
        };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        let verdict = self.passes().map(|passes| if passes { "PASS" } else { "MISS" }).unwrap_or_default();
        [self.what.clone(), self.ours.to_string(), name, theirs, ratio, target, verdict.to_owned()]
    }
}

/// All rows as one aligned table, which is Markdown too.
pub fn table(rows: &[Row]) -> String {
    let heading = ["measured", "ours", "beside", "theirs", "ours / theirs", "target", ""].map(str::to_owned);
    let lines: Vec<[String; 7]> = [heading].into_iter().chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            match column {
                0 | 2 | 5 | 6 => out.push_str(&format!("| {cell:<width$} ")),
                _ => out.push_str(&format!("| {cell:>width$} ")),
            }
        }
        out.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.into_iter().enumerate() {
                let right = if matches!(column, 0 | 2 | 5 | 6) { "-" } else { ":" };
                out.push_str(&format!("|{}{right}", "-".repeat(width + 1)));
            }
            out.push_str("|\n");
        }
    }
    out
}
