//! Input from strangers: an error with a place, never a panic, never long.

use crate::project::Project;
use std::time::{Duration, Instant};

const SPEC: &str = include_str!("good.yml");

fn refused(text: &str, code: &str) {
    let project = Project::with_spec(text);
    let start = Instant::now();
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1, "{}", run.err.chars().take(2000).collect::<String>());
    assert!(run.err.contains(code), "{code} in {}", run.err.chars().take(2000).collect::<String>());
    assert!(!run.err.contains("panicked"), "{}", run.err);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn bombs_are_refused() {
    let mut aliases = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, of) in ["b", "c", "d", "e", "f", "g", "h"].iter().zip(["a", "b", "c", "d", "e", "f", "g"]) {
        aliases.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", ")));
    }
    refused(&aliases, "R0006");
    refused(&format!("service: {}", "[".repeat(100_000)), "error[R00");
    refused(&"{a: ".repeat(2000), "error[R00");
    refused(&format!("service: demo\n# {}", "x".repeat(1_000_001)), "R0006");
    refused(&format!("service: {}\n", "x".repeat(900_000)), "R0105");
}

#[test]
fn numbers_that_are_none_are_refused() {
    for bound in [
        "> NaN",
        "> inf",
        "> 1e400",
        "> -",
        "> 99999999999999999999999999%",
        ">",
        "",
        "> 80% for",
        "for 5m",
        "> 80% for 5m for 5m",
    ] {
        refused(&SPEC.replace("> 80% for 5m", bound), "error[R0");
    }
}

#[test]
fn every_key_mistyped_is_found() {
    for (index, line) in SPEC.lines().enumerate() {
        let Some((key, _)) = line.split_once(':') else { continue };
        let key = key.trim_start();
        // Names are the user's own.
        if ["CpuHigh", "page", "note", "pager", "chat"].contains(&key) {
            continue;
        }
        let mistyped: Vec<String> = SPEC
            .lines()
            .enumerate()
            .map(|(i, l)| if i == index { l.replacen(key, &format!("{key}x"), 1) } else { l.to_owned() })
            .collect();
        let project = Project::with_spec(&mistyped.join("\n"));
        let run = project.run(&["check"]);
        assert_eq!(run.code, 1, "{key}: {}", run.err);
        assert!(run.err.contains(&format!("did you mean `{key}`?")), "{key}: {}", run.err);
    }
}

#[test]
fn hostile_text_becomes_harmless_text() {
    let hostile = "{{ query \\\"up\\\" }} \\\" \\\\ # : - | > & * ! % @ ` <script> [x](y) \\u0007 ${HOME} $__all";
    let text = SPEC
        .replace("\"{value} of {labels.instance} in use\"", &format!("\"{hostile}\""))
        .replace("Too much to do.", &format!("\"{hostile}\""))
        .replace("select: {job: stack}", &format!("select: {{job: stack, site: \"{hostile}\"}}"));
    let project = Project::with_spec(&text);
    project.run(&["build"]).ok();
    let rules =
        crate::project::tool("promtool", &project.path("out/rules/demo"), &["check", "rules", "alerts.yml"]).ok();
    assert!(rules.out.contains("SUCCESS"));
    let proofs = crate::project::tool("promtool", &project.path("out/rules/demo"), &["test", "rules", "tests.yml"]);
    assert_eq!(proofs.code, 0, "{}{}", proofs.out, proofs.err);
}

#[test]
fn a_secret_is_never_shown() {
    let secret = "s3cr3t-0123456789";
    for kind in [
        format!("pagerduty: {{routing_key: {secret}}}"),
        format!("slack: {{api_url: \"https://hooks.slack.com/{secret}\", channel: x}}"),
        format!("webhook: {{url: \"https://user:{secret}@example.org/\"}}"),
        format!("webhook: {{url: \"https://example.org/?token={secret}\"}}"),
        format!("email: {{auth_password: \"{secret}\"}}"),
        format!("opsgenie: {{api_key: {secret}}}"),
        format!("pagerduty: {{integration_key: {secret}}}"),
    ] {
        let project =
            Project::with_spec(&SPEC.replace("slack: {api_url_file: /etc/secrets/slack, channel: \"#ops\"}", &kind));
        for format in ["text", "json", "github"] {
            let run = project.run(&["build", "--format", format]);
            assert_eq!(run.code, 1, "{kind}");
            assert!(!format!("{}{}", run.out, run.err).contains(secret), "{kind}: {}{}", run.out, run.err);
        }
    }
}

/// Damages a spec in thousands of ways: whatever comes of it, it is not a panic.
#[test]
fn no_damage_makes_it_panic() {
    let read = |path: &str| std::fs::read_to_string(crate::project::repository().join(path)).expect(path);
    let (library, catalog) = (read("rules/library/host.yml"), read("rules/catalogs/stack_exporter.yml"));
    let whole = read("rules/platforms/agi-engineer.yml");
    let pieces = [
        "\"", "'", "{", "}", "[", "]", ":", "- ", "\n", "\t", "&a ", "*a", "<<: ", "|", ">", "%", "5m", "\u{7f}", "é",
        "NaN", "-", " for ", "{labels.", "=~\"(\"", "null", "!!int ",
    ];
    let mut seed: u64 = 42;
    let mut draw = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % n.max(1)
    };
    for round in 0..1000 {
        let text = if round % 20 == 0 { &whole } else { SPEC };
        let mut text: Vec<char> = text.chars().collect();
        for _ in 0..=draw(3) {
            let at = draw(text.len());
            match draw(3) {
                0 => drop(text.drain(at..(at + draw(20)).min(text.len()))),
                1 => drop(text.splice(at..at, pieces[draw(pieces.len())].chars())),
                _ => text.swap(at, draw(at + 1)),
            }
        }
        let mut sources = rulegen::Sources::default();
        sources.add(rulegen::Role::Project, "rulegen.yml", "specs: [spec.yml]\n");
        sources.add(rulegen::Role::Spec, "spec.yml", text.iter().collect::<String>());
        sources.add(rulegen::Role::Pack, "host.yml", library.clone());
        sources.add(rulegen::Role::Catalog, "stack.yml", catalog.clone());
        let (artifacts, problems) = rulegen::build(&sources, &rulegen::Options::default());
        assert_eq!(artifacts.is_empty(), problems.has_errors());
        for format in [rulegen::Format::Text, rulegen::Format::Json, rulegen::Format::Github] {
            let _shown = problems.render(&sources, format);
        }
    }
}
