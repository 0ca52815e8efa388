use super::*;

/// One line per sample, as the reader understood it.
fn read(text: &str) -> Result<Vec<String>, String> {
    let parsed = parse(text).map_err(|mistake| mistake.to_string())?;
    let mut lines = Vec::new();
    for family in &parsed.families {
        let kind = family.kind.map_or("-", Kind::word);
        for sample in &family.samples {
            let labels: Vec<_> = parsed.labels(sample).iter().map(|(name, value)| format!("{name}={value}")).collect();
            let suffix = sample.suffix;
            lines.push(format!("{kind} {}+{suffix} [{}] {}", family.name, labels.join(" "), sample.value));
        }
    }
    Ok(lines)
}

#[test]
fn labels_are_ordered_and_unescaped() {
    let text = "a{z=\"1\", b = \"c}d,\\\"\\\\\\n\\q\" ,} 2.5\na{}1\na\t+Inf\n";
    assert_eq!(read(text).unwrap(), ["- a+ [b=c}d,\"\\\n\\q z=1] 2.5", "- a+ [] 1", "- a+ [] inf"]);
}

#[test]
fn parts_of_histograms_and_summaries_are_one_family() {
    let text = "# TYPE h histogram\nh_bucket{le=\"1.0\",a=\"x\"} 1\nh_bucket{z=\"y\",le=\"1000000\"} 2\nh_sum 3\nh_count 2\n\
                # TYPE s summary\ns{quantile=\"0.50\"} 1\ns_sum 3\ns_bucket 9\n# TYPE g gauge\ng_sum 1\n";
    assert_eq!(
        read(text).unwrap(),
        [
            "histogram h+_bucket [a=x le=1] 1",
            "histogram h+_bucket [z=y le=1e+06] 2",
            "histogram h+_sum [] 3",
            "histogram h+_count [] 2",
            "summary s+ [quantile=0.5] 1",
            "summary s+_sum [] 3",
            "- s_bucket+ [] 9",
            "- g_sum+ [] 1",
        ]
    );
}

#[test]
fn names_beyond_ascii_are_quoted() {
    assert_eq!(
        read("{\"a.b\",\"x y\"=\"1\"} 1\n{x=\"y\", \"a.b\"} 2\n").unwrap(),
        ["- a.b+ [x y=1] 1", "- a.b+ [x=y] 2"]
    );
}

#[test]
fn the_rest_that_prometheus_takes() {
    let text = "# a comment\n#\n#HELP\n# HELP a\n  \n# HELP a one\\ntwo\n# HELP a other\n# TYPE a Counter\n# TYPE a counter\n a 1 \n";
    let parsed = parse(text).unwrap();
    assert_eq!(parsed.families[0].help.as_deref(), Some("one\ntwo"));
    assert_eq!(parsed.families[0].kind, Some(Kind::Counter));
    assert_eq!((parsed.first_timestamp, parsed.unterminated), (None, false));
    let torn = parse("a 1 -5\nb 2").unwrap();
    assert_eq!(torn.families[0].samples[0].timestamp, Some(-5));
    assert_eq!((torn.first_timestamp, torn.unterminated), (Some(1), true));
    assert_eq!(parse("").unwrap(), Parsed::default());
}

#[test]
fn mistakes_have_a_place() {
    for (text, expected) in [
        ("a 1\nb\n", "line 2, column 2: a value must stand here"),
        ("a 1,5\n", "line 1, column 3: not a number: \"1,5\""),
        ("a 0x1p3\n", "line 1, column 3: not a number: \"0x1p3\""),
        ("a 1e400\n", "line 1, column 3: not a number: \"1e400\""),
        ("a 1\r\n", "line 1, column 3: not a number: \"1\\r\""),
        ("a-b 1\n", "line 1, column 2: a metric name cannot have this character"),
        ("9a 1\n", "line 1, column 1: a name must stand here"),
        ("a 1 2 3\n", "line 1, column 7: the line must end here"),
        ("a 1 2.5\n", "line 1, column 5: not a timestamp in milliseconds"),
        ("a{b=\"c\"\n", "line 1, column 8: ',' or '}' must stand here"),
        ("a{b=\"c\n", "line 1, column 7: the quoted text does not end"),
        ("a{b=c} 1\n", "line 1, column 5: a quoted text must stand here"),
        ("a{b=\"1\",b=\"2\"} 1\n", "line 1, column 9: this label name is taken"),
        ("a{b} 1\n", "line 1, column 4: '=' and a label value must stand here"),
        ("{b=\"1\"} 1\n", "line 1, column 1: a sample without a metric name"),
        ("# TYPE a thing\n", "line 1, column 10: not a metric type"),
        ("# TYPE a gauge\n# TYPE a counter\n", "line 2, column 10: a second, different TYPE of this metric"),
        ("a 1\n# TYPE a gauge\n", "line 2, column 10: TYPE stands after the metric's samples"),
        ("# TYPE h histogram\nh_bucket{le=\"x\"} 1\n", "line 2, column 1: le is not a number: \"x\""),
        ("\u{feff}a 1\n", "line 1, column 1: a name must stand here"),
    ] {
        assert_eq!(read(text).unwrap_err(), expected, "{text:?}");
    }
    assert_eq!(read(&"x".repeat(70_000)).unwrap_err(), "line 1, column 1: a line of more than 64 KiB");
}
