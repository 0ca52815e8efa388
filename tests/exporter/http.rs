//! The HTTP side: what each route answers, and every limit really in force.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use stack_exporter::{engine::Limits, metric::Batch, sources::Job};
use stack_tests::{
    exporter::{Served, Started, get},
    exposition::{read_openmetrics, read_text},
};

#[test]
fn every_route_answers() {
    let exporter = Started::new(&[]);
    let metrics = get(&exporter.url("/metrics"), &[]);
    assert_eq!(metrics.media, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
    let families = read_text(&metrics.body).unwrap();
    assert!(families.contains_key("node_load1") && families.contains_key("process_resident_memory_bytes"));
    let prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.2";
    let metrics = get(&exporter.url("/metrics"), &[("Accept", prometheus), ("Accept-Encoding", "gzip")]);
    assert_eq!(metrics.media, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
    assert_eq!(metrics.encoding, "gzip");
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&metrics.body[..]).read_to_end(&mut plain).unwrap();
    read_openmetrics(&plain).unwrap();
    for (path, status) in [("/-/healthy", 200), ("/-/ready", 200), ("/", 200), ("/nowhere", 404), ("/metrics/", 404)] {
        assert_eq!(get(&exporter.url(path), &[]).status, status, "{path}");
    }
    assert_eq!(raw(&exporter.address, b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), 405);
    let head = exchange(&exporter.address, b"HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
}

/// Sends bytes and reads until the other side closes.
fn exchange(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends bytes and returns the status of the answer.
fn raw(address: &str, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).is_err() {
        return 0;
    }
    String::from_utf8_lossy(&answer[9..]).parse().unwrap_or(0)
}

#[test]
fn a_head_must_come_whole_and_in_time() {
    let served = Served::start(Vec::new(), Limits::default());
    let address = served.address.to_string();
    let begun = Instant::now();
    let slow = thread::spawn({
        let address = address.clone();
        move || {
            let mut stream = TcpStream::connect(address).unwrap();
            // A byte each half second keeps any clock alive that is wound back by traffic.
            for byte in b"GET /metrics HTTP/1.1\r\nHost: abcdefghijklmnopqrstuvwxyz\r\n".iter().cycle() {
                if stream.write_all(&[*byte]).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(500));
                if begun.elapsed() > Duration::from_secs(15) {
                    break;
                }
            }
            begun.elapsed()
        }
    });
    // Nobody else waits for it.
    assert_eq!(get(&served.url("/metrics"), &[]).status, 200);
    let cut = slow.join().unwrap();
    assert!(cut > Duration::from_secs(4) && cut < Duration::from_secs(8), "cut after {cut:?}");
    let families = read_text(&get(&served.url("/metrics"), &[]).body).unwrap();
    let closed = &families["stack_exporter_http_closed_total"].samples;
    assert!(closed.iter().any(|sample| sample.labels["limit"] == "head"), "{closed:?}");
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(40_000));
    assert!([0, 414, 431].contains(&raw(&address, long.as_bytes())));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(500));
    assert!([0, 431].contains(&raw(&address, many.as_bytes())));
    assert_eq!(raw(&address, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400);
    assert_eq!(get(&served.url("/-/healthy"), &[]).status, 200);
}

#[test]
fn an_idle_connection_is_kept_longer_than_a_head_may_take() {
    let served = Served::start(Vec::new(), Limits::default());
    let mut stream = TcpStream::connect(served.address).unwrap();
    for _ in 0..2 {
        stream.write_all(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
        thread::sleep(Duration::from_millis(5500));
    }
}

#[test]
fn four_hundred_silent_peers_keep_nobody_out() {
    let served = Served::start(Vec::new(), Limits::default());
    let silent: Vec<_> = (0..400).map(|_| TcpStream::connect(served.address).unwrap()).collect();
    for _ in 0..20 {
        let begun = Instant::now();
        assert_eq!(get(&served.url("/metrics"), &[]).status, 200);
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
    let families = read_text(&get(&served.url("/metrics"), &[]).body).unwrap();
    assert!(families["stack_exporter_http_connections"].samples[0].value <= 64.0);
    drop(silent);
}

#[test]
fn a_peer_that_does_not_read_is_let_go() {
    static BIG: stack_exporter::metric::Descriptor =
        stack_exporter::metric::Descriptor::gauge("test_big", stack_exporter::metric::Unit::None, &["i"], "Many.");
    static STATUS: stack_exporter::sources::Status = stack_exporter::sources::Status([BIG, BIG, BIG]);
    let big = Job {
        status: &STATUS,
        collector: "big",
        start: Box::new(|| {
            Box::new(|_, batch: &mut Batch| {
                (0..200_000).for_each(|i| batch.push(&BIG, &[&i.to_string()], f64::from(i)));
                Ok(())
            })
        }),
    };
    let served = Served::start(vec![big], Limits { series: 1_000_000, ..Limits::default() });
    let mut stream = TcpStream::connect(served.address).unwrap();
    for _ in 0..8 {
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    }
    thread::sleep(Duration::from_secs(13));
    let families = read_text(&get(&served.url("/metrics?exclude[]=big"), &[]).body).unwrap();
    let closed = &families["stack_exporter_http_closed_total"].samples;
    assert!(closed.iter().any(|sample| sample.labels["limit"] == "write"), "{closed:?}");
}

#[test]
fn ten_thousand_broken_requests_hurt_nobody() {
    let served = Served::start(Vec::new(), Limits::default());
    let mut seed = 1_u64;
    for round in 0..10_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut request =
            b"GET /metrics?collect[]=x HTTP/1.1\r\nHost: x\r\nAccept: text/plain;version=0.0.4\r\n\r\n".to_vec();
        for step in 0..(seed >> 60) + 1 {
            let at = (seed.rotate_left(step as u32 * 7) % request.len() as u64) as usize;
            request[at] = (seed >> (step * 3)) as u8;
        }
        if let Ok(mut stream) = TcpStream::connect(served.address) {
            let _ = stream.write_all(&request);
        }
        if round % 1000 == 0 {
            assert_eq!(get(&served.url("/-/healthy"), &[]).status, 200);
        }
    }
    assert_eq!(get(&served.url("/metrics"), &[]).status, 200);
}
