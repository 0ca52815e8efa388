//! Runbooks: a page per alert, and an index.

use super::{Artifact, yaml};
use crate::model::{Severity, WATCHDOG};
use crate::plan::{AlertRule, Origin};
use crate::plan::{Piece, Plan, ServicePlan, View, computed, describe_bound, severity_words};

pub(super) fn run(plan: &Plan<'_>) -> Vec<Artifact> {
    plan.services.iter().flat_map(|service| book(plan, service)).collect()
}

fn book(plan: &Plan<'_>, service: &ServicePlan<'_>) -> Vec<Artifact> {
    let folder = format!("{}/{}/runbooks", plan.model.project.out_rules, service.service.name.value);
    let mut pages = Vec::new();
    for group in service.alerts.chunk_by(|a, b| a.name == b.name) {
        if let Some(first) = group.first() {
            let text = match first.origin {
                Some(_) => page(plan, service, group),
                None => watchdog(plan, service),
            };
            pages.push(Artifact { path: format!("{folder}/{}.md", first.name), text });
        }
    }
    pages.push(Artifact { path: format!("{folder}/index.md"), text: index(plan, service) });
    pages
}

fn head(plan: &Plan<'_>, service: &ServicePlan<'_>, title: &str) -> String {
    let note = yaml::header(plan, &[&service.service.path], "");
    format!("<!-- {} -->\n# {title}\n\n", note.trim_end().replace("--", "- -"))
}

fn page(plan: &Plan<'_>, service: &ServicePlan<'_>, rules: &[AlertRule<'_>]) -> String {
    let origins: Vec<Origin<'_>> = rules.iter().filter_map(|rule| rule.origin).collect();
    let Some(Origin { alert, signal, .. }) = origins.first().copied() else { return String::new() };
    let mut out = head(plan, service, &alert.name.value);
    let guide = alert.guide_id.as_ref().map(|id| format!(" · guide {}", id.value)).unwrap_or_default();
    out.push_str(&format!("{}{guide} · [all alerts](index.md)\n\n", service.service.title));
    out.push_str(&format!("## What it means\n\n{}\n\n", alert.meaning));
    out.push_str(&format!("## What to do\n\n{}\n\n", alert.action));
    out.push_str("## When it fires, and who is told\n\n");
    out.push_str(&format!("**{}**: {}\n\n", signal.title, signal.about));
    out.push_str("| severity | fires when | told | repeats |\n|---|---|---|---|\n");
    for Origin { level, .. } in &origins {
        let severity = service.service.severities.iter().find(|s| s.name.value == level.severity);
        let (told, repeat) = severity.map(|s| (told(s, service), s.repeat.to_string())).unwrap_or_default();
        let bound = describe_bound(&level.bound, signal.unit);
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            cell(&severity_words(service.service, &level.severity)),
            cell(&bound),
            cell(&told),
            repeat
        ));
    }
    if let Some(target) = &alert.target {
        out.push_str(&format!("\nThe target is {}.\n", cell(&describe_bound(target, signal.unit))));
    }
    out.push_str("\nIt ends by itself as soon as the bound is no longer crossed.\n");
    out.push_str(&look(plan, service, rules, signal));
    out
}

/// The queries to paste, and the panel to open.
fn look(plan: &Plan<'_>, service: &ServicePlan<'_>, rules: &[AlertRule<'_>], signal: &crate::model::Signal) -> String {
    let now = computed(service.service, signal, View::Rule(plan.clock));
    let mut out =
        format!("\n## See for yourself\n\nThe value now, for every series:\n\n```promql\n{}\n```\n", now.pretty());
    for rule in rules {
        let severity = rule.origin.map(|o| o.level.severity.as_str()).unwrap_or_default();
        out.push_str(&format!("\nWhat {severity} asks:\n\n```promql\n{}\n```\n", rule.expr.pretty()));
    }
    let link = rules.first().and_then(|r| r.annotations.iter().find(|(name, _)| *name == "dashboard_url"));
    if let Some((_, pieces)) = link {
        let address: String =
            pieces.iter().map(|p| if let Piece::Text(text) = p { text.as_str() } else { "" }).collect();
        let address = address.trim_end_matches("&var-instance=");
        out.push_str(&format!("\nDashboard: [{}]({address})\n", signal.title));
    }
    out
}

fn told(severity: &Severity, service: &ServicePlan<'_>) -> String {
    let mut out = severity.notify.join(", ");
    if severity.digest {
        out.push_str(", in one message with all others");
    }
    if severity.muted_in_quiet && !service.service.quiet.is_empty() {
        let windows: Vec<&str> = service.service.quiet.iter().map(|w| w.words.as_str()).collect();
        out.push_str(&format!("; not {}", windows.join(" nor ")));
    }
    out
}

fn watchdog(plan: &Plan<'_>, service: &ServicePlan<'_>) -> String {
    let Some(watchdog) = &service.service.watchdog else { return String::new() };
    format!(
        "{}{} · [all alerts](index.md)\n\n## What it means\n\n{}\n\n## What to do\n\n{}\n\n## Who is told\n\n{}, every {}.\n",
        head(plan, service, WATCHDOG),
        service.service.title,
        watchdog.meaning,
        watchdog.action,
        watchdog.notify.join(", "),
        watchdog.repeat
    )
}

fn index(plan: &Plan<'_>, service: &ServicePlan<'_>) -> String {
    let mut out = head(plan, service, &format!("{}: runbooks", service.service.title));
    out.push_str("| alert | guide | severity | fires when |\n|---|---|---|---|\n");
    for rule in &service.alerts {
        let (guide, severity, bound) = match rule.origin {
            Some(Origin { alert, level, signal }) => (
                alert.guide_id.as_ref().map(|id| id.value.clone()).unwrap_or_default(),
                level.severity.clone(),
                format!("{} {}", signal.title, describe_bound(&level.bound, signal.unit)),
            ),
            None => (String::new(), String::new(), "always: its absence is the alarm".to_owned()),
        };
        out.push_str(&format!(
            "| [{0}]({0}.md) | {1} | {2} | {3} |\n",
            rule.name,
            cell(&guide),
            cell(&severity),
            cell(&bound)
        ));
    }
    out
}

/// Text that cannot end a table cell or start markup.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
