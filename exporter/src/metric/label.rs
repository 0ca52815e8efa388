//! The spelling of label names and values, shared by whoever writes or reads series text.

/// Longest label value kept, in bytes. A longer one is cut: a metric is not the place for documents.
const LONGEST: usize = 1024;

/// Appends `value` as it stands between the quotes: `\`, `"` and newline escaped, cut at 1 KiB.
pub fn write_label_value(out: &mut String, value: &str) {
    let value = value.get(..value.floor_char_boundary(LONGEST)).unwrap_or(value);
    // Almost no value needs escaping; copying it whole is several times faster than looking at each character twice.
    if !value.bytes().any(|byte| matches!(byte, b'\\' | b'"' | b'\n')) {
        out.push_str(value);
        return;
    }
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
}

/// Appends a label name, quoted when only the UTF-8 formats can spell it.
pub fn write_label_name(out: &mut String, name: &str) {
    if is_legacy_label(name) {
        out.push_str(name);
    } else {
        out.push('"');
        write_label_value(out, name);
        out.push('"');
    }
}

/// Whether every Prometheus version can spell this label name without quotes.
pub fn is_legacy_label(name: &str) -> bool {
    is_legacy_name(name) && !name.contains(':')
}

/// Whether every Prometheus version can spell this metric name without quotes.
pub fn is_legacy_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' || b == b':')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut out = String::new();
        write_label_value(&mut out, value);
        out
    }

    #[test]
    fn escapes_only_what_the_format_names() {
        assert_eq!(written("plain é"), "plain é");
        assert_eq!(written("a\\b\"c\nd\te"), "a\\\\b\\\"c\\nd\te");
    }

    #[test]
    fn cuts_at_a_character() {
        let long = "é".repeat(1000);
        assert_eq!(written(&long).len(), 1024);
        assert_eq!(written(&format!("a{long}")).len(), 1023);
    }

    #[test]
    fn legacy_names() {
        assert!(is_legacy_name("job:rate:5m"));
        assert!(!is_legacy_label("job:rate"));
        assert!(!is_legacy_name("9lives"));
        assert!(!is_legacy_name(""));
        assert!(!is_legacy_name("http.requests"));
    }
}
