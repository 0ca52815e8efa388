//! The programs that tests run: our own, built if they are not yet, and those of others, found on the path.

use std::{
    collections::BTreeSet,
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    thread,
    time::{Duration, Instant},
};

/// A program of this workspace, built if it is not yet.
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        #[allow(clippy::disallowed_methods)] // Cargo says so where cargo is.
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let built = Command::new(cargo).args(["build", "-q", "-p", "stack_exporter", "-p", "rulegen"]).status();
        assert!(built.unwrap().success(), "the programs do not build");
        // .../target/debug/deps/this-test
        env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned()
    });
    folder.join(name)
}

/// Where the program is. `./test` unpacks all that tests need and puts them on the path.
pub fn tool(name: &str) -> PathBuf {
    #[allow(clippy::disallowed_methods)] // A test's environment is its only argument.
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{name} is not on the path; ./test unpacks it"))
}

/// The same program in its newest version, where the machine could get it.
pub fn newest(name: &str) -> Option<PathBuf> {
    #[allow(clippy::disallowed_methods)]
    let folder = env::var_os("NEWEST_TOOLS")?;
    Some(Path::new(&folder).join(name)).filter(|file| file.is_file())
}

/// A command for a program of an unpacked package that looks for its data below `/usr/share`, as Debian builds
/// Alertmanager: it sees its own data there, in a view of the file system that only it has. Needs root where the package is
/// not installed.
pub fn with_its_data(program: &Path) -> Command {
    let share = program.ancestors().nth(2).unwrap().join("share");
    if share == Path::new("/usr/share") {
        return Command::new(program);
    }
    let mut command = Command::new("unshare");
    let view = r#"mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share && exec "$@""#;
    command.args(["--mount", "sh", "-c", view]).arg(share).arg(program);
    command
}

/// A port that nobody listens on, and that no other test of this process was given. Another process may take it before it
/// is used; that has not been seen.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// A program that runs until it is dropped.
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts it, with its log in a file.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let log = std::fs::File::create(log).unwrap();
        let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Self { child }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is an answer. Panics with `what` when there is none in time.
pub fn wait_for<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        thread::sleep(Duration::from_millis(50));
    }
}
