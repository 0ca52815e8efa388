//! What the user wrote, file by file, with the place of everything. No meaning is given to it here.

mod alert;
mod board;
mod decode;
mod notify;
mod pack;
mod project;
mod service;
mod signal;
mod yaml;

pub(crate) use alert::AlertSpec;
pub(crate) use board::{BoardSpec, PanelSpec};
pub(crate) use decode::{Fields, text, texts};
pub(crate) use notify::{QuietSpec, ReceiverSpec, SeveritySpec, WatchdogSpec, WindowSpec};
pub(crate) use pack::PackSpec;
pub(crate) use project::ProjectSpec;
pub(crate) use service::ServiceSpec;
pub(crate) use signal::{Constructor, ShareOf, SignalSpec};
pub(crate) use yaml::{At, Entries, Node, parse};

use crate::diagnostic::{Diagnostics, NO_FILES, Problem, Role, Sources};

/// All specs and packs of one build.
pub(crate) struct Specs {
    pub(crate) project: ProjectSpec,
    pub(crate) services: Vec<ServiceSpec>,
    pub(crate) packs: Vec<PackSpec>,
}

/// Reads every project file, spec and pack; what cannot be read is reported and left out.
pub(crate) fn read(sources: &Sources, problems: &mut Diagnostics) -> Specs {
    let mut project = None;
    for (id, file) in sources.of_role(Role::Project) {
        project = parse(id, &file.text, problems).and_then(|node| project::decode(node, problems));
    }
    for pattern in project.iter().flat_map(|p: &ProjectSpec| &p.specs).filter(|p| sources.is_missing(&p.value)) {
        let message = format!("`{}` matches no file", pattern.value);
        problems.push(Problem::error(&NO_FILES, pattern.span, message));
    }
    for folder in project.iter().flat_map(|p| [&p.library, &p.catalogs]).flatten() {
        if sources.is_missing(&format!("{}/*.yml", folder.value)) {
            let message = format!("`{}` holds no .yml file", folder.value);
            problems.push(Problem::error(&NO_FILES, folder.span, message));
        }
    }
    let mut services = Vec::new();
    for (id, file) in sources.of_role(Role::Spec) {
        services.extend(parse(id, &file.text, problems).and_then(|node| service::decode(node, &file.path, problems)));
    }
    let mut packs = Vec::new();
    for (id, file) in sources.of_role(Role::Pack) {
        packs.extend(parse(id, &file.text, problems).and_then(|node| pack::decode(node, problems)));
    }
    Specs { project: project.unwrap_or_default(), services, packs }
}
