//! Proofs as a test file for `promtool test rules`.

use super::{Artifact, yaml};
use crate::plan::{Expectation, Plan, Run, Scene, Series, ServicePlan, State};
use crate::promql::{Expr, Matcher, Op};
use crate::units::Duration;
use serde::Serialize;

#[derive(Serialize)]
struct File {
    rule_files: Vec<&'static str>,
    evaluation_interval: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    interval: String,
    input_series: Vec<Input>,
    promql_expr_test: Vec<Check>,
}

#[derive(Serialize)]
struct Input {
    series: String,
    values: String,
}

#[derive(Serialize)]
struct Check {
    expr: String,
    eval_time: String,
    exp_samples: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    labels: String,
    value: u8,
}

pub(super) fn run(plan: &Plan<'_>) -> Vec<Artifact> {
    plan.services.iter().filter(|s| !s.proofs.is_empty()).map(|service| file(plan, service)).collect()
}

fn file(plan: &Plan<'_>, service: &ServicePlan<'_>) -> Artifact {
    let interval = plan.clock.evaluation();
    let file = File {
        rule_files: vec!["alerts.yml"],
        evaluation_interval: interval.to_string(),
        tests: service.proofs.iter().map(|scene| test(scene, interval)).collect(),
    };
    Artifact {
        path: format!("{}/{}/tests.yml", plan.model.project.out_rules, service.service.name.value),
        text: yaml::document(
            plan,
            &[&service.service.path],
            &format!("promtool {}", plan.model.project.prometheus),
            &file,
        ),
    }
}

fn test(scene: &Scene, interval: Duration) -> Test {
    Test {
        name: scene.name.clone(),
        interval: interval.to_string(),
        input_series: scene.series.iter().map(input).collect(),
        promql_expr_test: scene.expectations.iter().map(|expectation| check(expectation, interval)).collect(),
    }
}

fn input(series: &Series) -> Input {
    let matchers = series.labels.iter().map(|(label, value)| Matcher::new(label, Op::Equal, value)).collect();
    let values: Vec<String> = series.runs.iter().map(values).collect();
    Input { series: select(&series.metric, matchers), values: values.join(" ") }
}

/// `a+bxn` stands for n+1 samples.
fn values(run: &Run) -> String {
    match run {
        Run::Line { start, count: 1, .. } => start.to_string(),
        Run::Line { start, step, count } => {
            let (sign, step) = if *step < 0.0 { ('-', -step) } else { ('+', *step) };
            format!("{start}{sign}{step}x{}", count.saturating_sub(1))
        }
        Run::Stale => "stale".to_owned(),
        Run::Missing(count) => vec!["_"; *count].join(" "),
    }
}

fn check(expectation: &Expectation, interval: Duration) -> Check {
    let equal = |(label, value): (&String, &String)| Matcher::new(label, Op::Equal, value);
    let asked = expectation.matchers.iter().map(|(label, value)| equal((label, value))).collect();
    let samples = expectation.outcome.iter().map(|(state, labels)| {
        let state = match state {
            State::Pending => "pending",
            State::Firing => "firing",
        };
        let mut matchers: Vec<Matcher> = labels.iter().map(equal).collect();
        matchers.push(Matcher::new("alertstate", Op::Equal, state));
        Sample { labels: select("ALERTS", matchers), value: 1 }
    });
    Check {
        expr: select("ALERTS", asked),
        eval_time: Duration(interval.0 * expectation.step as u64).to_string(),
        exp_samples: samples.collect(),
    }
}

fn select(name: &str, matchers: Vec<Matcher>) -> String {
    Expr::Select { name: name.to_owned(), matchers, range: None }.to_string()
}
