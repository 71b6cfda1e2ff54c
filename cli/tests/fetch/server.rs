//! A server that answers as it is told, also wrongly.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The first byte that is asked for.
    pub from: Option<usize>,
    pub if_range: Option<String>,
    /// How many requests for the same path came before.
    pub before: usize,
}

pub struct Reply {
    pub status: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The length that the header names, where it is not the body's.
    pub announced: Option<usize>,
    /// After so many bytes the connection ends.
    pub cut: Option<usize>,
    /// After so many bytes nothing comes any more.
    pub stall: Option<usize>,
}

impl Reply {
    pub fn new(status: &'static str, body: &[u8]) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_vec(),
            announced: None,
            cut: None,
            stall: None,
        }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn cut(mut self, count: usize) -> Self {
        self.cut = Some(count);
        self
    }

    pub fn stall(mut self, count: usize) -> Self {
        self.stall = Some(count);
        self
    }
}

/// What a good server answers: the whole file, or the rest where the version is still the one asked for.
pub fn file(request: &Request, content: &[u8], tag: &str) -> Reply {
    let current = request.if_range.as_deref().is_none_or(|asked| asked == tag);
    match request.from.filter(|_| current) {
        Some(from) if from >= content.len() => Reply::new("416 Range Not Satisfiable", b"")
            .header("content-range", format!("bytes */{}", content.len())),
        Some(from) => Reply::new("206 Partial Content", &content[from..]).header(
            "content-range",
            format!("bytes {from}-{}/{}", content.len() - 1, content.len()),
        ),
        None => Reply::new("200 OK", content),
    }
    .header("etag", tag)
}

pub fn missing() -> Reply {
    Reply::new("404 Not Found", b"nothing here")
}

pub struct Server {
    port: u16,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let kept = log.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log, counts) = (answer.clone(), kept.clone(), counts.clone());
                std::thread::spawn(move || serve(stream, &*answer, &log, &counts));
            }
        });
        Self { port, log }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a path, which begins with `/`.
    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().expect("the log").clone()
    }

    /// The requests for a path.
    pub fn requests_for(&self, path: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.path == path).collect()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&Request) -> Reply + Send + Sync),
    log: &Mutex<Vec<Request>>,
    counts: &Mutex<HashMap<String, usize>>,
) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    while let Some(mut request) = read(&mut reader) {
        {
            let mut counts = counts.lock().expect("the counts");
            let count = counts.entry(request.path.clone()).or_default();
            request.before = *count;
            *count += 1;
        }
        log.lock().expect("the log").push(request.clone());
        if request.method == "CONNECT" {
            let _gone = stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n");
            continue;
        }
        let _gone = send(&mut stream, &answer(&request));
        return;
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut words = lines.first()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let header = |name: &str| {
        let wanted = lines.iter().filter_map(|line| line.split_once(':'));
        let mut found = wanted.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    assert!(header("accept-encoding").is_none_or(|coding| coding == "identity"));
    let from = header("range").map(|range| {
        range.trim_start_matches("bytes=").trim_end_matches('-').parse().expect("a place")
    });
    Some(Request { method, path, from, if_range: header("if-range"), before: 0 })
}

fn send(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let length = reply.announced.unwrap_or(reply.body.len());
    let mut head =
        format!("HTTP/1.1 {}\r\ncontent-length: {length}\r\nconnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    let end = reply.cut.or(reply.stall).unwrap_or(reply.body.len()).min(reply.body.len());
    stream.write_all(&reply.body[..end])?;
    stream.flush()?;
    if reply.stall.is_some() {
        // Until the other side gives up.
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let _ended = stream.read(&mut [0; 64]);
    }
    Ok(())
}
