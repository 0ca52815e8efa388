//! Encoded answers, each made once for all who ask for the same run in the same format.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use once_cell::sync::OnceCell;

use crate::{
    engine::Scrape,
    exposition::{Compression, Format, compress, encode},
    own::Own,
};

/// Bodies of the newest scrape.
pub struct Answers {
    own: Own,
    newest: Mutex<Option<Newest>>,
}

struct Newest {
    scrape: Arc<Scrape>,
    bodies: Vec<(Kind, Body)>,
}

type Kind = (Format, Compression);
type Body = Arc<OnceCell<Bytes>>;

impl Answers {
    /// None yet.
    pub fn new(own: Own) -> Self {
        Self { own, newest: Mutex::new(None) }
    }

    /// The body of a scrape. Blocks while it is being encoded: some ten nanoseconds for each series, more with gzip.
    pub fn body(&self, scrape: &Arc<Scrape>, format: Format, compression: Compression) -> io::Result<Bytes> {
        let plain = self.cell(scrape, (format, Compression::Identity));
        let plain = plain.get_or_init(|| {
            let (bytes, duplicates) = encode(&scrape.snapshots(), format);
            if duplicates > 0 {
                // Which collector's they are is not known any more: two have the same series.
                self.own.dropped.with_label_values(&["", "duplicate"]).inc_by(duplicates);
            }
            bytes.into()
        });
        match compression {
            Compression::Identity => Ok(plain.clone()),
            Compression::Gzip => {
                let packed = self.cell(scrape, (format, compression));
                packed.get_or_try_init(|| compress(plain).map(Bytes::from)).cloned()
            }
        }
    }

    fn cell(&self, scrape: &Arc<Scrape>, kind: Kind) -> Body {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let bodies = match &mut *newest {
            Some(newest) if Arc::ptr_eq(&newest.scrape, scrape) => &mut newest.bodies,
            other => &mut other.insert(Newest { scrape: Arc::clone(scrape), bodies: Vec::new() }).bodies,
        };
        if let Some((_, body)) = bodies.iter().find(|(has, _)| *has == kind) {
            return Arc::clone(body);
        }
        let body = Body::default();
        bodies.push((kind, Arc::clone(&body)));
        body
    }
}
