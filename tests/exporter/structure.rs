//! The tree is the architecture: each module uses only what it may.

use std::{fs, path::Path};

use stack_tests::tree::files_below;

/// Who may use whom. What is not named here may use nothing of ours.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("metric", &[]),
    ("lane", &[]),
    ("own", &["metric"]),
    ("sources", &["metric", "lane"]),
    ("engine", &["sources", "metric", "own", "lane"]),
    ("exposition", &["metric"]),
    ("serve", &["engine", "exposition", "own", "metric"]),
    ("catalog", &["sources", "metric", "own"]),
    ("config", &["sources", "engine"]),
    ("cli", &["config", "sources"]),
    ("logging", &["config"]),
];

#[test]
fn modules_use_only_what_is_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exporter/src");
    let files: Vec<_> =
        files_below(&root).into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs")).collect();
    assert!(files.len() > 50, "only {} files in {}", files.len(), root.display());
    for file in files {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let module = path.iter().next().unwrap().to_str().unwrap();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let allowed = DIRECTIONS.iter().find(|(name, _)| *name == module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{module} has no row in DIRECTIONS"));
        // `use crate::{a::…, b::…}` is spread over lines by rustfmt: look at each name behind `crate::` or at the start of
        // a line inside such a block.
        let text = fs::read_to_string(&file).unwrap();
        let block = text.split("use crate::{").nth(1).and_then(|rest| rest.split("\n};").next()).unwrap_or_default();
        let listed = block.split([',', '\n']).filter_map(|item| item.trim().split("::").next());
        let inline = text.split("crate::").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
        for used in listed.chain(inline).filter(|used| DIRECTIONS.iter().any(|(name, _)| name == used)) {
            assert!(used == module || allowed.contains(&used), "{}: {module} must not use {used}", file.display());
        }
    }
}
