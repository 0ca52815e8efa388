//! Sixty-four scrapers at once, every answer checked.

use std::{
    io,
    time::{Duration, Instant},
};

use stack_tests::exposition::read_text;
use tokio::task::JoinSet;

use super::{Setup, median};
use crate::{
    client::{Client, PLAIN},
    process::Process,
    report::{Quantity, Row, Target},
};

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
/// One answer of so many is read by the strict reader. All of them must be whole, have status 200, and end a line.
const READ_ONE_OF: usize = 200;

pub async fn rows(setup: &Setup<'_>) -> io::Result<Vec<Row>> {
    let ours = setup.ours(&[]).start().await?;
    let mut rows = Vec::new();
    for peer in setup.peers {
        let theirs = peer.start().await?;
        let mut rates: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            for (process, rates) in [&ours, &theirs].into_iter().zip(&mut rates) {
                rates.push(rate(process).await?);
            }
        }
        let [ours, theirs] = rates.map(|rates| Quantity::PerSecond(median(rates)));
        let row = Row::new("right answers to 64 connections at once", ours).beside(&peer.name, theirs);
        rows.push(row.target(Target::TimesAtLeast(50.0)));
    }
    Ok(rows)
}

/// Answers in a second. A single wrong one is an error.
async fn rate(process: &Process) -> io::Result<f64> {
    let mut scrapers = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..CONNECTIONS {
        scrapers.spawn(scrape(process.port, begun + ROUND));
    }
    let (mut answers, mut kept) = (0, Vec::new());
    while let Some(result) = scrapers.join_next().await {
        let (count, bodies) = result.map_err(io::Error::other)??;
        answers += count;
        kept.extend(bodies);
    }
    let rate = answers as f64 / begun.elapsed().as_secs_f64();
    for body in kept {
        read_text(&body).map_err(io::Error::other)?;
    }
    Ok(rate)
}

async fn scrape(port: u16, until: Instant) -> io::Result<(usize, Vec<Vec<u8>>)> {
    let mut client = Client::connect(port).await?;
    let (mut answers, mut kept) = (0, Vec::new());
    while Instant::now() < until {
        let answer = client.get(PLAIN).await?;
        if !answer.looks_whole() {
            return Err(io::Error::other("an answer that is not an exposition"));
        }
        if answers % READ_ONE_OF == 0 {
            kept.push(answer.body());
        }
        answers += 1;
    }
    Ok((answers, kept))
}
