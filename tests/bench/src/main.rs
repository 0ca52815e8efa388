//! Measures the exporter beside its peers and prints one table. `tests/bench/peers` gets the programs and calls it:
//!
//! `stack_bench OUR_PROGRAM DOCUMENT [NAME=PEER_PROGRAM]...`

use std::{env, fs, io, path::Path, process::ExitCode};

use stack_bench::{
    measure::{self, Setup},
    process::Program,
    report::{Row, table},
};

/// The document's lines between these two are replaced.
const MARKS: [&str; 2] = ["<!-- measured by tests/bench/peers -->\n", "<!-- end -->\n"];

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [ours, document, peers @ ..] = &arguments[..] else {
        return Err(io::Error::other("usage: stack_bench OUR_PROGRAM DOCUMENT [NAME=PEER_PROGRAM]..."));
    };
    let peers: Vec<Program> = peers.iter().filter_map(|peer| peer.split_once('=')).map(peer).collect();
    let unshared = tempfile::Builder::new().suffix(".yml").tempfile()?;
    fs::write(unshared.path(), "scrape: { freshness_seconds: 0 }\n")?;
    let setup = Setup { ours: Path::new(ours), peers: &peers, unshared: unshared.path() };

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rows = runtime.block_on(measure::rows(&setup))?;
    let collectors = measure::collectors();
    let text = format!("{}\n\n{}\n{}", machine()?, table(&rows), table(&collectors));
    println!("{text}");
    write(document, &text)?;
    let missed = rows.iter().chain(&collectors).filter(|row| row.passes() == Some(false)).map(|row: &Row| &row.what);
    let missed: Vec<_> = missed.collect();
    if missed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("missed: {missed:?}");
    Ok(ExitCode::FAILURE)
}

fn peer((name, path): (&str, &str)) -> Program {
    // It refuses the forty-first scrape at once otherwise, which would not do it justice.
    Program { name: name.to_owned(), path: path.into(), arguments: vec!["--web.max-requests=0".into()] }
}

/// When and on what kind of machine; not on which one.
fn machine() -> io::Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo")?;
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel: Vec<&str> = kernel.split(['.', '-']).take(2).collect();
    let date = std::process::Command::new("date").args(["-u", "+%F"]).output()?.stdout;
    let cpus = std::thread::available_parallelism()?;
    Ok(format!(
        "{}, {cpus} processors ({}), Linux {}. Each figure is a median of rounds taken in turns.",
        String::from_utf8_lossy(&date).trim(),
        model.unwrap_or("unknown"),
        kernel.join("."),
    ))
}

fn write(document: &str, text: &str) -> io::Result<()> {
    let old = fs::read_to_string(document)?;
    let [begin, end] = MARKS;
    let parts = old.split_once(begin).and_then(|(head, rest)| Some((head, rest.split_once(end)?.1)));
    let (head, tail) = parts.ok_or_else(|| io::Error::other(format!("{document} has no place for the table")))?;
    fs::write(document, format!("{head}{begin}\n{text}\n{end}{tail}"))
}
