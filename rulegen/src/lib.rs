//! Compiles threshold specs into alert rules, routes, dashboards, runbooks and proofs.
//!
//! In reading order, each module using only what stands above it:
//! - `diagnostic`: problems, where they are, and how each format shows them
//! - `spec`: what the user wrote
//! - `units`: quantities and durations
//! - `catalog`: which metrics exist
//! - `promql`: expressions as values
//! - `model`: the specs with their meaning
//! - `checks`: rules over the model, one per file
//! - `plan`: what must exist, for no tool in particular
//! - `emit`: one file per output

mod catalog;
mod checks;
mod diagnostic;
mod emit;
mod model;
mod plan;
mod promql;
mod spec;
mod units;

pub use diagnostic::{Diagnostics, FileId, Format, Level, Role, SourceFile, Sources};
pub use emit::Artifact;
pub use model::fingerprint;
pub use plan::Drill;

/// What a build can be told beside its sources.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Compile for an exercise: durations short enough for a test to wait for, messages to nobody's phone.
    pub drill: Option<Drill>,
}

/// Compiles. Nothing is read or written: text in, artifacts and problems out. With an error there are no artifacts.
#[must_use]
pub fn build(sources: &Sources, options: &Options) -> (Vec<Artifact>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let specs = spec::read(sources, &mut problems);
    let catalog = catalog::read(sources, &mut problems);
    let model = model::lower(specs, catalog, &mut problems);
    let checked = checks::run(model, &mut problems);
    problems.sort();
    let artifacts = checked.map(|checked| emit::all(&plan::plan(&checked, options.drill.as_ref())));
    (artifacts.unwrap_or_default(), problems)
}

/// The files that a project names: patterns and folders relative to the project file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Patterns of specs.
    pub specs: Vec<String>,
    /// Folder of packs.
    pub library: String,
    /// Folder of catalogs.
    pub catalogs: String,
    /// Folder of generated rules; the record of what was written stands there.
    pub rules: String,
    /// Folder of generated dashboards.
    pub dashboards: String,
}

/// Reads only which files belong to the project; its other problems come with [`build`].
#[must_use]
pub fn layout(sources: &Sources) -> Layout {
    let specs = spec::read(sources, &mut Diagnostics::default());
    let project = specs.project;
    let or = |at: Option<spec::At<String>>, otherwise: &str| {
        at.map_or_else(|| otherwise.to_owned(), |at| at.value.trim_end_matches('/').to_owned())
    };
    Layout {
        specs: project.specs.into_iter().map(|at| at.value).collect(),
        library: or(project.library, "rules/library"),
        catalogs: or(project.catalogs, "rules/catalogs"),
        rules: or(project.out_rules, "rules/generated"),
        dashboards: or(project.out_dashboards, "dashboards"),
    }
}

/// A duration as specs write it, for flags.
///
/// # Errors
/// Says how a duration is written.
pub fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    match units::Duration::parse(text)? {
        units::Duration(0) => Err("must be longer than nothing".to_owned()),
        units::Duration(millis) => Ok(std::time::Duration::from_millis(millis)),
    }
}

/// The reference: commands, outputs and codes, from the tables that the program runs on.
#[must_use]
pub fn reference() -> String {
    emit::reference()
}
