//! The exporter as tests use it: served in this process, or as the program that people start.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use stack_exporter::{
    engine::{Engine, Limits},
    own::Own,
    serve::App,
    sources::Job,
};
use tokio::{net::TcpListener, sync::watch};

use crate::tools::program;

/// An exporter that serves in this process, on a port of its own.
pub struct Served {
    /// Where.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// Serves these jobs.
    pub fn start(jobs: Vec<Job>, limits: Limits) -> Self {
        let own = Own::new().unwrap();
        Self::app(App::new(Engine::new(jobs, limits, own.clone()), own, "/metrics".into()))
    }

    fn app(app: App) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (send, receive) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send(listener.local_addr().unwrap()).unwrap();
                stack_exporter::run(vec![listener], app, stopped).await;
            });
        });
        Self { address: receive.recv().unwrap(), stop, thread: Some(thread) }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The program `stack_exporter`, started on a free port.
pub struct Started {
    /// The process.
    pub child: Child,
    /// Where it listens.
    pub address: String,
    log: Option<JoinHandle<String>>,
}

impl Started {
    /// Starts it with these arguments and waits until it listens.
    pub fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(program("stack_exporter"));
        command.arg("--web.listen-address=127.0.0.1:0").args(arguments).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it ended: {seen}");
            seen.push_str(&line);
            if let Some((_, address)) = line.trim().rsplit_once(" address=") {
                break address.to_owned();
            }
        };
        let log = thread::spawn(move || {
            let _ = log.read_to_string(&mut seen);
            seen
        });
        Self { child, address, log: Some(log) }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// File descriptors and threads that the process has now.
    pub fn handles(&self) -> (usize, usize) {
        let count = |what: &str| fs::read_dir(format!("/proc/{}/{what}", self.child.id())).unwrap().count();
        (count("fd"), count("task"))
    }

    /// Ends it and returns all that it logged.
    pub fn stop(mut self) -> String {
        self.kill();
        self.log.take().unwrap().join().unwrap()
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A GET with headers. Returns the status, the headers of interest in lower case, and the bytes.
pub fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .new_agent();
    let mut request = agent.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.call().unwrap();
    let header =
        |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let (media, encoding) = (header("content-type"), header("content-encoding"));
    let status = answer.status().as_u16();
    Answer { status, media, encoding, body: answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap() }
}

/// What a GET brought.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `Content-Type`.
    pub media: String,
    /// `Content-Encoding`.
    pub encoding: String,
    /// The bytes, still packed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}
