//! An exporter as a process: started on a free port, watched from outside, ended with us.

use std::{
    fs, io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::client::{Client, PLAIN};

/// A program to measure: what it is called in the report, where it is, what it is started with.
#[derive(Debug, Clone)]
pub struct Program {
    /// Name in the report.
    pub name: String,
    /// The executable.
    pub path: PathBuf,
    /// Its arguments beside the address.
    pub arguments: Vec<String>,
}

/// A program that runs.
pub struct Process {
    /// Name in the report.
    pub name: String,
    /// Its port on the loopback.
    pub port: u16,
    /// From the start to the last byte of the first answer.
    pub until_answer: Duration,
    child: Child,
}

impl Program {
    /// Starts it and waits for its first answer.
    pub async fn start(&self) -> io::Result<Process> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let begun = Instant::now();
        let child = Command::new(&self.path)
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(&self.arguments)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut process = Process { name: self.name.clone(), port, until_answer: Duration::ZERO, child };
        let mut client = loop {
            match Client::connect(port).await {
                Ok(client) => break client,
                Err(error) if begun.elapsed() > Duration::from_secs(10) => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_micros(200)),
            }
        };
        client.get(PLAIN).await?;
        process.until_answer = begun.elapsed();
        Ok(process)
    }
}

impl Process {
    /// Processor time of all its threads so far.
    pub fn cpu(&self) -> Duration {
        // Nanoseconds, where `stat` has only hundredths of a second. No thread ends while we measure.
        let tasks = fs::read_dir(self.file("task")).unwrap();
        let nanoseconds = tasks.filter_map(|task| {
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Memory of it that is in RAM, in bytes.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(self.file("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(name)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
