//! Metrics that other programs leave in files: `*.prom` in the directories that the operator names.

mod files;

use std::{borrow::Cow, collections::HashMap};

use files::File;
use rustc_hash::FxBuildHasher;

use super::{Collector, Host, Setting};
use crate::metric::{Batch, Descriptor, Foreign, Kind, Parsed, ParsedFamily, Unit, parse};

const MTIME: Descriptor = Descriptor::gauge(
    "node_textfile_mtime_seconds",
    Unit::Timestamp,
    &["file"],
    "When the file was last written; only of files whose metrics are here.",
);
const SCRAPE_ERROR: Descriptor = Descriptor::gauge(
    "node_textfile_scrape_error",
    Unit::Bool,
    &[],
    "1 if a directory or a file could not be read, or if files contradict each other.",
);

/// The flag may be given several times; the values are then joined by newlines.
const DIRECTORY: Setting =
    Setting::text("textfile.directory", "", "Directory to read *.prom files from; may hold wildcards (repeatable).");

/// The collector `textfile`. What it passes on is declared by those who write the files.
pub const COLLECTOR: Collector = Collector {
    name: "textfile",
    default: true,
    metrics: &[MTIME, SCRAPE_ERROR],
    settings: &[DIRECTORY],
    start: |settings| {
        let patterns: Vec<String> = settings.text(&DIRECTORY).lines().map(str::to_owned).collect();
        let mut known_problems = Vec::new();
        Ok(Box::new(move |host, out| {
            let problems = read(host, &patterns, out);
            // A broken file stays broken for many scrapes; it is worth one line in the log when that begins.
            for problem in problems.iter().filter(|problem| !known_problems.contains(*problem)) {
                tracing::warn!(collector = "textfile", "{problem}");
            }
            known_problems = problems;
            Ok(())
        }))
    },
};

fn read(host: &mut Host, patterns: &[String], out: &mut Batch) -> Vec<String> {
    let mut problems = Vec::new();
    let files = files::read(host, patterns, &mut problems);
    let mut readable: Vec<(&File, Parsed<'_>)> = Vec::new();
    for file in &files {
        match parse(&file.text).map_err(|mistake| mistake.to_string()).and_then(usable) {
            Ok(parsed) => readable.push((file, parsed)),
            Err(problem) => problems.push(format!("{}: {problem}", file.path)),
        }
    }
    let shared = agree(&mut readable, &mut problems);
    // Ours come first: among equal series the first one stays.
    out.push(&SCRAPE_ERROR, &[], f64::from(!problems.is_empty()));
    for (file, _) in &readable {
        out.push(&MTIME, &[&file.path], file.mtime);
    }
    for (_, parsed) in &readable {
        for family in &parsed.families {
            if let Some(shared) = shared.get(&*family.name) {
                pass_on(parsed, family, shared, out);
            }
        }
    }
    problems
}

/// Refuses what must not be exposed as if it were ours.
fn usable(parsed: Parsed<'_>) -> Result<Parsed<'_>, String> {
    if parsed.unterminated {
        return Err("the last line has no newline: the file is not complete".into());
    }
    // Prometheus takes the time of the scrape for all the rest; an old sample in between would be misleading.
    if let Some(line) = parsed.first_timestamp {
        return Err(format!("line {line}: timestamps are not supported"));
    }
    Ok(parsed)
}

/// What all files say about one family.
struct Shared<'a> {
    help: Option<Cow<'a, str>>,
    kind: Kind,
    files: Vec<&'a str>,
}

/// Finds one help and one type for each family. A family whose type differs from an earlier file's is taken out.
fn agree<'a>(
    readable: &mut [(&'a File, Parsed<'a>)],
    problems: &mut Vec<String>,
) -> HashMap<Cow<'a, str>, Shared<'a>, FxBuildHasher> {
    let mut all: HashMap<Cow<'a, str>, Shared<'a>, FxBuildHasher> = HashMap::default();
    for (file, parsed) in readable {
        parsed.families.retain(|family| {
            let kind = family.kind.unwrap_or_default();
            let new = || Shared { help: None, kind, files: Vec::new() };
            let shared = all.entry(family.name.clone()).or_insert_with(new);
            let earlier = shared.files.first().copied().unwrap_or_default();
            if shared.kind != kind {
                let (path, name, word) = (&file.path, &family.name, kind.word());
                problems.push(format!("{path}: {name} has type {word} here and {} in {earlier}", shared.kind.word()));
                return false;
            }
            match (&shared.help, &family.help) {
                (Some(first), Some(help)) if first != help => {
                    problems.push(format!("{}: the help of {} differs from that in {earlier}", file.path, family.name));
                }
                (None, Some(help)) => shared.help = Some(help.clone()),
                _ => {}
            }
            shared.files.push(&file.path);
            true
        });
    }
    all
}

fn pass_on(parsed: &Parsed<'_>, family: &ParsedFamily<'_>, shared: &Shared<'_>, out: &mut Batch) {
    let help = match &shared.help {
        Some(help) => help.clone(),
        None => Cow::Owned(format!("Metric read from {}", shared.files.join(", "))),
    };
    for sample in &family.samples {
        let foreign = Foreign { name: &family.name, help: &help, kind: shared.kind, suffix: sample.suffix };
        out.push_foreign(&foreign, parsed.labels(sample).iter().map(|(name, value)| (&**name, &**value)), sample.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_file_and_line() {
        let file = |path: &str, text: &str| File { path: path.into(), mtime: 0.0, text: text.into() };
        let files = [
            file("a", "# HELP x One.\n# TYPE x gauge\nx 1\ny 1\n"),
            file("b", "# HELP x Two.\n# TYPE x gauge\nx{b=\"1\"} 1\n# TYPE y counter\ny 2\n"),
        ];
        let mut readable: Vec<_> = files.iter().map(|file| (file, parse(&file.text).unwrap())).collect();
        let mut problems = Vec::new();
        agree(&mut readable, &mut problems);
        assert_eq!(
            problems,
            ["b: the help of x differs from that in a", "b: y has type counter here and untyped in a"]
        );
        let refused = |text| usable(parse(text).unwrap()).unwrap_err();
        assert_eq!(refused("a 1\nb 1 5\n"), "line 2: timestamps are not supported");
        assert_eq!(refused("a 1\nb 1"), "the last line has no newline: the file is not complete");
        assert!(usable(parse("{\"a.b\"} 1\n").unwrap()).is_ok());
    }
}
