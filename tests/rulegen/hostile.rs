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
