//! Two things under one name where only one fits.

use crate::diagnostic::{Code, Diagnostics, Problem};
use crate::model::Model;
use crate::spec::At;
use std::collections::HashMap;

pub(super) static CODE: Code = Code {
    id: "R0410",
    name: "duplicate-id",
    meaning: "Two services, guide ids or dashboard uids are the same: outputs would overwrite or be taken for each other.",
    fix: "Change one of them.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    once("service", model.services.iter().map(|s| &s.name), problems);
    once("dashboard uid", model.services.iter().flat_map(|s| &s.boards).map(|b| &b.uid), problems);
    for service in &model.services {
        once("guide id", service.alerts.iter().filter_map(|a| a.guide_id.as_ref()), problems);
    }
}

fn once<'a>(what: &str, names: impl Iterator<Item = &'a At<String>>, problems: &mut Diagnostics) {
    let mut seen: HashMap<&str, &At<String>> = HashMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, name) {
            let message = format!("the {what} `{}` is used twice", name.value);
            problems.push(Problem::error(&CODE, name.span, message).see(first.span, "first used here"));
        }
    }
}
