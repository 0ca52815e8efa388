//! Spelling names that older scrapers cannot read. Four schemes; the scraper names one with `escaping=`.

use crate::metric::is_legacy_name;

/// How a name outside `[a-zA-Z_:][a-zA-Z0-9_:]*` is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Escaping {
    /// As it is, in quotes.
    AllowUtf8,
    /// Each odd character becomes `_`.
    #[default]
    Underscores,
    /// `.` becomes `_dot_`, `_` becomes `__`, other odd characters too.
    Dots,
    /// `U__` in front; each odd character becomes its code point between underscores.
    Values,
}

impl Escaping {
    /// All schemes.
    pub const ALL: [Self; 4] = [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values];

    /// The word in media types.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// Whether even ordinary names are spelled anew.
    pub fn touches_all(self) -> bool {
        self == Self::Dots
    }

    /// Spells a name.
    pub fn spell(self, name: &str) -> String {
        if self == Self::AllowUtf8 || (is_legacy_name(name) && !self.touches_all()) {
            return name.to_owned();
        }
        let mut out = String::with_capacity(name.len() + 8);
        if self == Self::Values {
            out.push_str("U__");
        }
        for (at, c) in name.char_indices() {
            let plain = c.is_ascii_alphabetic() || c == ':' || (c.is_ascii_digit() && at > 0);
            match (self, c) {
                (Self::Underscores, '_') => out.push('_'),
                (_, '_') => out.push_str("__"),
                (_, c) if plain => out.push(c),
                (Self::Underscores, _) => out.push('_'),
                (Self::Dots, '.') => out.push_str("_dot_"),
                (Self::Values, c) => out.push_str(&format!("_{:X}_", u32::from(c))),
                _ => out.push_str("__"),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_as_the_format_says() {
        use Escaping::{AllowUtf8, Dots, Underscores, Values};
        let cases = [
            (AllowUtf8, "http.requests", "http.requests"),
            (Underscores, "http.requests", "http_requests"),
            (Underscores, "no:change_1", "no:change_1"),
            (Underscores, "9é", "__"),
            (Dots, "http.requests_total", "http_dot_requests__total"),
            (Dots, "a-b", "a__b"),
            (Values, "http.requests_x", "U__http_2E_requests__x"),
            (Values, "é", "U___E9_"),
            (Values, "plain_name", "plain_name"),
        ];
        for (scheme, name, expected) in cases {
            assert_eq!(scheme.spell(name), expected, "{scheme:?} {name}");
        }
    }
}
