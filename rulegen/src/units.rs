//! Quantities: what a number counts, how it is written, read and shown to people.

use std::fmt;

/// What a number counts. Percent is a ratio; a share of time (seconds per second) is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    None,
    Count,
    Seconds,
    Timestamp,
    Bytes,
    Ratio,
    Bool,
    Info,
    Celsius,
    Hertz,
    Volts,
    Amperes,
    Watts,
    Joules,
    Rpm,
}

/// Name in catalogs, and what people read after the number.
const BASES: [(Base, &str, &str); 15] = [
    (Base::None, "none", ""),
    (Base::Count, "count", ""),
    (Base::Seconds, "seconds", "s"),
    (Base::Timestamp, "timestamp", ""),
    (Base::Bytes, "bytes", "B"),
    (Base::Ratio, "ratio", ""),
    (Base::Bool, "bool", ""),
    (Base::Info, "info", ""),
    (Base::Celsius, "celsius", "°C"),
    (Base::Hertz, "hertz", "Hz"),
    (Base::Volts, "volts", "V"),
    (Base::Amperes, "amperes", "A"),
    (Base::Watts, "watts", "W"),
    (Base::Joules, "joules", "J"),
    (Base::Rpm, "rpm", "rpm"),
];

/// A base, or that much of it per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) base: Base,
    pub(crate) per_second: bool,
}

impl Unit {
    pub(crate) const fn of(base: Base) -> Self {
        Self { base, per_second: false }
    }

    /// The unit with this name in a catalog.
    pub(crate) fn named(name: &str) -> Option<Self> {
        BASES.iter().find(|(_, n, _)| *n == name).map(|(base, _, _)| Self::of(*base))
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        BASES.iter().map(|(_, name, _)| *name)
    }

    pub(crate) fn per_second(self) -> Self {
        match self.base {
            Base::Seconds => Self::of(Base::Ratio),
            base => Self { base, per_second: true },
        }
    }

    /// A word that says what kind of number it is, for messages.
    pub(crate) fn describe(self) -> String {
        let base = match self.base {
            Base::None | Base::Count => "a plain number",
            Base::Ratio => "a ratio (written `80%` or `0.8`)",
            Base::Bool => "yes or no (written `1` or `0`)",
            Base::Bytes => "bytes (written `5GiB`)",
            Base::Seconds => "a duration (written `200ms`)",
            base => BASES.iter().find(|(b, _, _)| *b == base).map_or("", |(_, name, _)| *name),
        };
        if self.per_second { format!("{base}, per second") } else { base.to_owned() }
    }

    fn suffix(self) -> String {
        let suffix = BASES.iter().find(|(b, _, _)| *b == self.base).map_or("", |(_, _, s)| *s);
        if self.per_second { format!("{suffix}/s") } else { suffix.to_owned() }
    }

    /// `value` as people write it: `80%`, `5GiB`, `4d`. Reading it back gives the same number.
    pub(crate) fn show(self, value: f64) -> String {
        match (self.base, self.per_second) {
            (Base::Ratio, false) => format!("{}%", round(value * 100.0)),
            (Base::Seconds, false) if value == 0.0 => "0s".to_owned(),
            (Base::Seconds, false) => show_seconds(value),
            (Base::Bytes, per_second) => format!("{}{}", show_bytes(value), if per_second { "/s" } else { "" }),
            _ => format!("{}{}", round(value), self.suffix()),
        }
    }

    /// True when a quantity written with `written` can stand for this unit.
    pub(crate) fn accepts(self, written: Written, value: f64) -> bool {
        match written {
            Written::Plain => {
                value == 0.0 || !matches!((self.base, self.per_second), (Base::Bytes | Base::Seconds, _) | (_, true))
            }
            Written::Unit(unit) => unit == self,
        }
    }
}

/// Hides the dust of binary arithmetic: 0.07 × 100 is 7, not 7.000000000000001.
fn round(value: f64) -> f64 {
    let rounded = (value * 1e9).round() / 1e9;
    if rounded == 0.0 { value } else { rounded }
}

/// The shorter of the binary and the decimal spelling, of those that are exact: `5GiB`, `10MB`.
fn show_bytes(value: f64) -> String {
    let binary = [("PiB", 50), ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let binary = binary.map(|(suffix, power)| (suffix, 2f64.powi(power)));
    let decimal = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let fits = |(_, unit): &&(&str, f64)| value.abs() >= *unit && (value / unit * 1000.0).fract() == 0.0;
    let spell = |found: Option<&(&str, f64)>| found.map(|(suffix, unit)| format!("{}{suffix}", value / unit));
    let spellings = [spell(binary.iter().find(fits)), spell(decimal.iter().find(fits)), Some(format!("{value}B"))];
    spellings.into_iter().flatten().min_by_key(String::len).unwrap_or_default()
}

fn show_seconds(value: f64) -> String {
    let millis = value * 1000.0;
    if millis.fract() != 0.0 || millis.abs() >= 1e15 {
        return format!("{value}s");
    }
    let (sign, millis) = if millis < 0.0 { ("-", -millis) } else { ("", millis) };
    format!("{sign}{}", Duration(millis as u64))
}

/// The unit a quantity was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Plain,
    Unit(Unit),
}

impl Written {
    pub(crate) fn describe(self) -> String {
        match self {
            Self::Plain => "a plain number".to_owned(),
            Self::Unit(unit) => unit.describe(),
        }
    }
}

/// A number with the unit it was written in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) written: Written,
}

/// Suffix, base, and how many of the base one of it is.
const SUFFIXES: [(&str, Base, f64); 32] = [
    ("%", Base::Ratio, 0.01),
    ("ms", Base::Seconds, 0.001),
    ("us", Base::Seconds, 1e-6),
    ("s", Base::Seconds, 1.0),
    ("m", Base::Seconds, 60.0),
    ("h", Base::Seconds, 3600.0),
    ("d", Base::Seconds, 86_400.0),
    ("w", Base::Seconds, 604_800.0),
    ("B", Base::Bytes, 1.0),
    ("kB", Base::Bytes, 1e3),
    ("KB", Base::Bytes, 1e3),
    ("MB", Base::Bytes, 1e6),
    ("GB", Base::Bytes, 1e9),
    ("TB", Base::Bytes, 1e12),
    ("PB", Base::Bytes, 1e15),
    ("KiB", Base::Bytes, 1024.0),
    ("MiB", Base::Bytes, 1_048_576.0),
    ("GiB", Base::Bytes, 1_073_741_824.0),
    ("TiB", Base::Bytes, 1_099_511_627_776.0),
    ("PiB", Base::Bytes, 1_125_899_906_842_624.0),
    ("C", Base::Celsius, 1.0),
    ("°C", Base::Celsius, 1.0),
    ("Hz", Base::Hertz, 1.0),
    ("kHz", Base::Hertz, 1e3),
    ("MHz", Base::Hertz, 1e6),
    ("GHz", Base::Hertz, 1e9),
    ("V", Base::Volts, 1.0),
    ("A", Base::Amperes, 1.0),
    ("W", Base::Watts, 1.0),
    ("kW", Base::Watts, 1e3),
    ("J", Base::Joules, 1.0),
    ("rpm", Base::Rpm, 1.0),
];

impl Quantity {
    /// Reads `80%`, `5GiB`, `200ms`, `100/s`, `500/h`, `1000`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (amount, per) = match text.split_once('/') {
            Some((amount, per)) => (amount, Some(per_seconds(per)?)),
            None => (text, None),
        };
        let digits =
            amount.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(amount.len());
        let (number, suffix) = amount.split_at(digits);
        let number: f64 = number.parse().map_err(|_| format!("`{text}` is not a number with a unit"))?;
        if !number.is_finite() {
            return Err(format!("`{text}` is not a finite number"));
        }
        let (base, factor) = match suffix.trim() {
            "" => (None, 1.0),
            suffix => {
                let known = SUFFIXES.iter().find(|(s, _, _)| *s == suffix);
                let (_, base, factor) = known.ok_or_else(|| format!("`{suffix}` is not a unit"))?;
                (Some(*base), *factor)
            }
        };
        // Dividing by the inverse keeps 80% at exactly 0.8, where multiplying by 0.01 would not.
        let value = if factor < 1.0 { number / (1.0 / factor).round() } else { number * factor };
        let written = match (base, per) {
            (None, None) => Written::Plain,
            (base, None) => Written::Unit(Unit::of(base.unwrap_or(Base::Count))),
            (base, Some(_)) => Written::Unit(Unit::of(base.unwrap_or(Base::Count)).per_second()),
        };
        Ok(Self { value: value / per.unwrap_or(1.0), written })
    }
}

fn per_seconds(per: &str) -> Result<f64, String> {
    match per.trim() {
        "s" => Ok(1.0),
        "m" | "min" => Ok(60.0),
        "h" => Ok(3600.0),
        "d" => Ok(86_400.0),
        other => Err(format!("`/{other}` is not a rate: use /s, /m, /h or /d")),
    }
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Duration(pub(crate) u64);

/// Longer than this is a slip, and would overflow what Prometheus can hold.
const LONGEST: u64 = 100 * 365 * 86_400_000;

const DURATION_UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Duration {
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self(seconds * 1000)
    }

    pub(crate) fn as_seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Reads `15s`, `5m`, `1h30m`, `0`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a duration: write `30s`, `5m`, `1h30m`, `4d`");
        if text == "0" {
            return Ok(Self(0));
        }
        let mut rest = text;
        let mut total = 0u64;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
            let (number, after) = rest.split_at(digits);
            let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            let (_, millis) = DURATION_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(bad)?;
            let number: u64 = number.parse().map_err(|_| bad())?;
            total = number.checked_mul(*millis).and_then(|part| total.checked_add(part)).ok_or_else(bad)?;
            rest = after;
        }
        if text.is_empty() || total > LONGEST { Err(bad()) } else { Ok(Self(total)) }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (name, millis) in DURATION_UNITS {
            // Weeks are read, not written: `21d` is what people count in.
            if name != "w" && rest >= millis {
                write!(f, "{}{name}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_exactly() {
        let unit = |base| Written::Unit(Unit::of(base));
        for (text, value, written) in [
            ("80%", 0.8, unit(Base::Ratio)),
            ("0.1%", 0.001, unit(Base::Ratio)),
            ("5GiB", 5_368_709_120.0, unit(Base::Bytes)),
            ("500MB", 5e8, unit(Base::Bytes)),
            ("200ms", 0.2, unit(Base::Seconds)),
            ("21d", 1_814_400.0, unit(Base::Seconds)),
            ("-5C", -5.0, unit(Base::Celsius)),
            ("1000", 1000.0, Written::Plain),
            ("500/h", 500.0 / 3600.0, Written::Unit(Unit::of(Base::Count).per_second())),
            ("10MB/s", 1e7, Written::Unit(Unit::of(Base::Bytes).per_second())),
        ] {
            assert_eq!(Quantity::parse(text), Ok(Quantity { value, written }), "{text}");
        }
        for text in ["", "%", "80 percent", "5gib", "1/y", "--1", "1e5", "NaN", "inf"] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (text, base) in [
            ("80%", Base::Ratio),
            ("5GiB", Base::Bytes),
            ("1.5GB", Base::Bytes),
            ("10MB", Base::Bytes),
            ("50ms", Base::Seconds),
        ] {
            let quantity = Quantity::parse(text).expect(text);
            assert_eq!(Unit::of(base).show(quantity.value), text);
        }
    }

    #[test]
    fn durations_are_read_and_written() {
        for (text, millis, shown) in [
            ("15s", 15_000, "15s"),
            ("1h30m", 5_400_000, "1h30m"),
            ("3w", 1_814_400_000, "21d"),
            ("0", 0, "0s"),
            ("90m", 5_400_000, "1h30m"),
        ] {
            let duration = Duration::parse(text).expect(text);
            assert_eq!((duration.0, duration.to_string().as_str()), (millis, shown));
        }
        for text in ["", "5", "m5", "5 m", "-5m", "99999999999999999999s", "18446744073709551615w", "1y"] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
    }
}
