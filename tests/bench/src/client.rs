//! Asks an exporter over a connection that it keeps, as a scraper does, and takes nothing but a whole answer.

use std::io::{Error, ErrorKind, Result};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What a person's `curl` asks for: text, not packed.
pub const PLAIN: &str = "Accept: text/plain;version=0.0.4\r\nAccept-Encoding: identity\r\n";
/// What Prometheus 3 asks for.
pub const PROMETHEUS: &str = "Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
    application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
    text/plain;version=0.0.4;q=0.3,*/*;q=0.2\r\nAccept-Encoding: gzip\r\nUser-Agent: Prometheus/3.5.3\r\n\
    X-Prometheus-Scrape-Timeout-Seconds: 10\r\n";

/// A connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// A whole answer with status 200. The body is as it came over the wire: in chunks, where the server sends chunks.
pub struct Answer<'a> {
    body: &'a [u8],
    chunked: bool,
}

impl Answer<'_> {
    /// Whether text begins with a comment and ends a line. Cheap, for every answer there is.
    pub fn looks_whole(&self) -> bool {
        let body = if self.chunked { chunk(self.body).map_or(&[][..], |(_, data)| data) } else { self.body };
        let end = if self.chunked { "\n\r\n0\r\n\r\n" } else { "\n" };
        body.starts_with(b"# ") && self.body.ends_with(end.as_bytes())
    }

    /// The body in one piece.
    pub fn body(&self) -> Vec<u8> {
        if !self.chunked {
            return self.body.to_vec();
        }
        let (mut whole, mut rest) = (Vec::new(), self.body);
        while let Some((size, data)) = chunk(rest).filter(|(size, _)| *size > 0) {
            whole.extend_from_slice(&data[..size]);
            rest = &data[size + 2..];
        }
        whole
    }
}

impl Client {
    /// Connects to a port of this machine.
    pub async fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024], filled: 0 })
    }

    /// One scrape.
    pub async fn get(&mut self, headers: &str) -> Result<Answer<'_>> {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        self.stream.write_all(request.as_bytes()).await?;
        self.filled = 0;
        let head = loop {
            self.more().await?;
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        if !text.starts_with("http/1.1 200 ") {
            return Err(Error::other(text));
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        let end = match length {
            Some(length) => {
                while self.filled < head + length {
                    self.more().await?;
                }
                head + length
            }
            None => self.last_chunk(head).await?,
        };
        if end != self.filled {
            return Err(Error::other("bytes behind the answer"));
        }
        Ok(Answer { body: &self.buffer[head..end], chunked: length.is_none() })
    }

    /// Reads on to the end of the last chunk.
    async fn last_chunk(&mut self, mut at: usize) -> Result<usize> {
        loop {
            match chunk(&self.buffer[at..self.filled]) {
                Some((size, data)) if data.len() >= size + 2 => {
                    at = self.filled - data.len() + size + 2;
                    if size == 0 {
                        return Ok(at);
                    }
                }
                _ => self.more().await?,
            }
        }
    }

    async fn more(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[self.filled..]).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }
}

/// Size of the chunk at the start of `bytes`, and what follows the size.
fn chunk(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = find(bytes.get(..bytes.len().min(18))?, b"\r\n")?;
    let size = usize::from_str_radix(str::from_utf8(&bytes[..end]).ok()?, 16).ok()?;
    Some((size, &bytes[end + 2..]))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
