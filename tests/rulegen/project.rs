//! A project in a temporary folder, and the command run on it.

use stack_tests::tools::{self, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests stand in the repository")
}

/// The command under test.
pub fn binary() -> PathBuf {
    program("rulegen")
}

pub struct Project {
    pub folder: TempDir,
}

impl Project {
    /// The library and the catalog of the repository, and no spec yet.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let project = Self { folder };
        let settings = "specs: [specs/*.yml]\nlibrary: library\ncatalogs: catalogs\nout: {rules: out/rules, dashboards: out/dashboards}\n";
        project.write("rulegen.yml", settings);
        for (from, to) in
            [("rules/library/host.yml", "library/host.yml"), ("tests/rulegen/catalog.yml", "catalogs/demo.yml")]
        {
            project.write(to, &fs::read_to_string(repository().join(from)).expect(from));
        }
        project.write(
            "catalogs/stack.yml",
            &fs::read_to_string(repository().join("rules/catalogs/stack_exporter.yml")).expect("catalog"),
        );
        project
    }

    pub fn with_spec(text: &str) -> Self {
        let project = Self::new();
        project.write("specs/spec.yml", text);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(Command::new(binary()).args(arguments).current_dir(self.folder.path()))
    }
}

/// What a command said.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }
}

/// `promtool` or `amtool` with these arguments.
pub fn tool(name: &str, folder: &Path, arguments: &[&str]) -> Run {
    Run::of(Command::new(tools::tool(name)).args(arguments).current_dir(folder))
}
