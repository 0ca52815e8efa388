//! The engine under faults: whatever one collector does, the scrape answers in time with all the others.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use stack_exporter::{
    engine::Limits,
    metric::{Descriptor, Failure, Unit},
    sources::{Job, Status},
};
use stack_tests::{
    exporter::{Served, get},
    exposition::{Families, read_text},
};

const VALUE: Descriptor = Descriptor::gauge("test_value", Unit::None, &["from"], "A value of a test.");

static STATUS: Status = Status([
    Descriptor::gauge("test_scrape_collector_success", Unit::Bool, &["collector"], "Success."),
    Descriptor::gauge("test_scrape_collector_duration_seconds", Unit::Seconds, &["collector"], "Duration."),
    Descriptor::gauge("test_scrape_collector_failure", Unit::Info, &["collector", "reason"], "Failure."),
]);

/// A collector that does `act` and then gives one sample.
fn job(name: &'static str, act: impl Fn(Instant) -> Result<(), Failure> + Send + Sync + 'static) -> Job {
    let act = Arc::new(act);
    let start = Box::new(move || {
        let act = Arc::clone(&act);
        Box::new(move |deadline, batch: &mut stack_exporter::metric::Batch| {
            act(deadline)?;
            batch.push(&VALUE, &[name], 1.0);
            Ok(())
        }) as stack_exporter::sources::Ask
    });
    Job { status: &STATUS, collector: name, start }
}

fn good(name: &'static str) -> Job {
    job(name, |_| Ok(()))
}

fn scrape(served: &Served, timeout: &str) -> (Families, Duration) {
    let begun = Instant::now();
    let answer = get(&served.url("/metrics"), &[("X-Prometheus-Scrape-Timeout-Seconds", timeout)]);
    let took = begun.elapsed();
    assert_eq!(answer.status, 200);
    (read_text(&answer.body).unwrap(), took)
}

fn values(families: &Families) -> Vec<&str> {
    let samples = families.get("test_value").map(|family| family.samples.iter());
    samples.into_iter().flatten().map(|sample| &*sample.labels["from"]).collect()
}

fn reason(families: &Families, collector: &str) -> Option<String> {
    let samples = families.get("test_scrape_collector_failure")?.samples.iter();
    samples.clone().find(|sample| sample.labels["collector"] == collector).map(|sample| sample.labels["reason"].clone())
}

/// Nothing is shared between scrapes unless a test is about that.
fn limits() -> Limits {
    Limits { freshness: Duration::ZERO, ..Limits::default() }
}

#[test]
fn a_hanging_collector_costs_its_own_families_and_heals() {
    let hangs = Arc::new(AtomicBool::new(true));
    let calls = Arc::new(AtomicUsize::new(0));
    let (h, c) = (Arc::clone(&hangs), Arc::clone(&calls));
    let hanging = job("hanging", move |_| {
        c.fetch_add(1, Ordering::Relaxed);
        while h.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    });
    let served = Served::start(vec![good("first"), hanging, good("last")], limits());
    let (families, took) = scrape(&served, "1.25");
    assert_eq!(values(&families), ["first", "last"]);
    assert_eq!(reason(&families, "hanging").as_deref(), Some("timeout"));
    assert!(took >= Duration::from_millis(950) && took < Duration::from_millis(1250), "{took:?}");
    thread::sleep(Duration::from_millis(100));
    // From now on nobody waits for it any more, and it is not called again.
    for _ in 0..20 {
        let (families, took) = scrape(&served, "10");
        assert_eq!(values(&families), ["first", "last"]);
        assert_eq!(reason(&families, "hanging").as_deref(), Some("stuck"));
        assert!(took < Duration::from_millis(300), "{took:?}");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    hangs.store(false, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(50));
    let (families, _) = scrape(&served, "10");
    assert_eq!(values(&families), ["first", "hanging", "last"]);
    assert_eq!(reason(&families, "hanging"), None);
}

#[test]
fn eight_collectors_that_hang_do_not_keep_the_ninth() {
    const NAMES: [&str; 8] = ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"];
    let stop = Arc::new(AtomicBool::new(false));
    let mut jobs: Vec<_> = NAMES
        .map(|name| {
            let stop = Arc::clone(&stop);
            job(name, move |_| {
                while !stop.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(())
            })
        })
        .into();
    jobs.push(good("ninth"));
    let served = Served::start(jobs, limits());
    let (families, took) = scrape(&served, "2");
    assert_eq!(values(&families), ["ninth"]);
    assert!(took < Duration::from_secs(2), "{took:?}");
    stop.store(true, Ordering::Relaxed);
}

#[test]
fn a_panic_is_contained_and_the_collector_starts_anew() {
    let calls = AtomicUsize::new(0);
    let panicking = job("panicking", move |_| {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "the first call");
        Ok(())
    });
    let served = Served::start(vec![good("a"), panicking, good("z")], limits());
    let (families, _) = scrape(&served, "5");
    assert_eq!(values(&families), ["a", "z"]);
    assert_eq!(reason(&families, "panicking").as_deref(), Some("panic"));
    assert_eq!(families["stack_exporter_collector_panics_total"].samples[0].value, 1.0);
    let (families, _) = scrape(&served, "5");
    assert_eq!(values(&families), ["a", "panicking", "z"]);
}

#[test]
fn a_failure_is_a_series_with_its_reason() {
    let failing = job("failing", |_| Err(Failure::parse("file 7: \"x\"")));
    let absent = job("absent", |_| Err(Failure::no_data("no such device")));
    let served = Served::start(vec![failing, absent, good("good")], limits());
    let (families, _) = scrape(&served, "5");
    assert_eq!(reason(&families, "failing").as_deref(), Some("parse"));
    assert_eq!(reason(&families, "absent").as_deref(), Some("no_data"));
    let success = &families["test_scrape_collector_success"].samples;
    let success: Vec<_> = success.iter().map(|s| (&*s.labels["collector"], s.value)).collect();
    assert_eq!(success, [("failing", 0.0), ("absent", 0.0), ("good", 1.0)]);
    let page = get(&served.url("/"), &[]);
    assert!(page.text().contains("file 7: &quot;x&quot;"), "{}", page.text());
}

#[test]
fn scrapes_at_once_share_one_run() {
    let calls = Arc::new(AtomicUsize::new(0));
    let c = Arc::clone(&calls);
    let slow = job("slow", move |_| {
        c.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(400));
        Ok(())
    });
    let served = Arc::new(Served::start(vec![slow], limits()));
    let barrier = Arc::new(Barrier::new(32));
    let scrapers: Vec<_> = (0..32)
        .map(|_| {
            let (served, barrier) = (Arc::clone(&served), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                values(&scrape(&served, "10").0).len()
            })
        })
        .collect();
    assert!(scrapers.into_iter().all(|scraper| scraper.join().unwrap() == 1));
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn data_is_shared_within_the_freshness_window_and_not_beyond() {
    let calls = Arc::new(AtomicUsize::new(0));
    let c = Arc::clone(&calls);
    let counting = job("counting", move |_| {
        c.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let window = Duration::from_millis(1500);
    let served = Served::start(vec![counting], Limits { freshness: window, ..Limits::default() });
    for _ in 0..5 {
        scrape(&served, "10");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    thread::sleep(window);
    scrape(&served, "10");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn what_nobody_waits_for_is_not_begun() {
    let calls = Arc::new(AtomicUsize::new(0));
    let c = Arc::clone(&calls);
    // The first keeps the thread just below the engine's patience; the client is gone before the second's turn.
    let mut jobs = vec![job("first", |_| {
        thread::sleep(Duration::from_millis(20));
        Ok(())
    })];
    for name in ["b", "c", "d", "e", "f", "g", "h", "i", "j", "k"] {
        let c = Arc::clone(&c);
        jobs.push(job(name, move |_| {
            c.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(20));
            Ok(())
        }));
    }
    let served = Served::start(jobs, limits());
    let mut stream = std::net::TcpStream::connect(served.address).unwrap();
    std::io::Write::write_all(&mut stream, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    thread::sleep(Duration::from_millis(50));
    drop(stream);
    thread::sleep(Duration::from_millis(400));
    let begun = calls.load(Ordering::Relaxed);
    assert!(begun < 8, "{begun} of 10 collectors ran for a client that had left");
}

#[test]
fn the_budget_of_series_holds_and_shows() {
    let many = Job {
        status: &STATUS,
        collector: "many",
        start: Box::new(|| {
            Box::new(|_, batch| {
                for i in 0..500 {
                    batch.push(&VALUE, &[&i.to_string()], 1.0);
                }
                batch.push(&VALUE, &["0"], 2.0);
                Ok(())
            })
        }),
    };
    let served = Served::start(vec![many], Limits { series: 100, ..limits() });
    let (families, _) = scrape(&served, "5");
    assert_eq!(families["test_value"].samples.len(), 100);
    let dropped = &families["stack_exporter_dropped_samples_total"].samples[0];
    assert_eq!((&*dropped.labels["collector"], &*dropped.labels["reason"], dropped.value), ("many", "budget", 401.0));
}

#[test]
fn collect_and_exclude_choose_collectors() {
    let served = Served::start(vec![good("a"), good("b"), good("c")], limits());
    let chosen = |query: &str| {
        let answer = get(&served.url(&format!("/metrics?{query}")), &[]);
        (answer.status, read_text(&answer.body).map(|f| values(&f).join(",")).unwrap_or_else(|_| answer.text().into()))
    };
    assert_eq!(chosen("collect[]=a&collect%5B%5D=c"), (200, "a,c".into()));
    assert_eq!(chosen("exclude[]=b"), (200, "a,c".into()));
    assert_eq!(chosen(""), (200, "a,b,c".into()));
    assert_eq!(chosen("collect[]=x").0, 400);
    assert!(chosen("collect[]=x").1.contains("\"x\""));
    assert_eq!(chosen("collect[]=a&exclude[]=b").0, 400);
}
