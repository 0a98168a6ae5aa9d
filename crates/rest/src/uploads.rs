//! Files a client uploaded and did not use yet (`docs/REST/$upload.md`). They wait in its session, each for its time.

use std::collections::HashMap;

use parking_lot::Mutex;
use tessera_orda::Run;
use tessera_values::{Blob, Picture, Text, Value};

/// How long an upload waits to be used unless `$timeout` says otherwise, in seconds.
const SECONDS: i64 = 120;
/// The longest it may wait: an hour.
const SECONDS_MAX: i64 = 3600;
/// How many bytes wait in one session; beyond, the oldest are thrown away.
const BYTES_MAX: usize = 64 << 20;

/// What was uploaded.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Picture(Picture),
    Blob(Blob),
}

impl Content {
    fn len(&self) -> usize {
        match self {
            Self::Picture(picture) => picture.bytes.0.len(),
            Self::Blob(blob) => blob.0.len(),
        }
    }

    /// As code sees it.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Picture(picture) => Value::Picture(picture.into()),
            Self::Blob(blob) => Value::Blob(blob),
        }
    }
}

#[derive(Debug)]
struct Upload {
    content: Content,
    expires_ms: i64,
    number: u64,
}

/// The uploads of one session.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    uploads: HashMap<Text, Upload>,
    count: u64,
}

impl Uploads {
    fn insert(&self, id: Text, content: Content, now_ms: i64, seconds: i64) {
        let mut waiting = self.0.lock();
        waiting.uploads.retain(|_, upload| upload.expires_ms >= now_ms);
        while waiting.uploads.values().map(|upload| upload.content.len()).sum::<usize>() + content.len()
            > BYTES_MAX
        {
            let oldest = waiting.uploads.iter().min_by_key(|(_, upload)| upload.number);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else { break };
            waiting.uploads.remove(&oldest);
        }
        waiting.count += 1;
        let upload = Upload { content, expires_ms: now_ms + seconds * 1000, number: waiting.count };
        waiting.uploads.insert(id, upload);
    }

    fn find(&self, id: &str, now_ms: i64) -> Option<Content> {
        let waiting = self.0.lock();
        waiting
            .uploads
            .get(id)
            .filter(|upload| upload.expires_ms >= now_ms)
            .map(|upload| upload.content.clone())
    }

    fn remove(&self, id: &str) {
        self.0.lock().uploads.remove(id);
    }
}

fn now_ms(run: &Run) -> i64 {
    run.context().application().environment.clock.now().as_millisecond()
}

/// Keeps an upload; answers its id.
pub(crate) fn keep(run: &Run, content: Content, seconds: Option<i64>) -> Text {
    let mut random = [0; 16];
    run.context().application().environment.chance.fill(&mut random);
    let id: String = random.iter().map(|byte| format!("{byte:02X}")).collect();
    let seconds = seconds.unwrap_or(SECONDS).clamp(1, SECONDS_MAX);
    let uploads = run.context().kept_session().attached::<Uploads>();
    uploads.insert(id.as_str().into(), content, now_ms(run), seconds);
    id.into()
}

/// An upload by its id; it stays until [`used`].
pub(crate) fn find(run: &Run, id: &str) -> Option<Content> {
    run.context().session().find_attached::<Uploads>()?.find(id, now_ms(run))
}

/// Throws uploads away that were saved.
pub(crate) fn used(run: &Run, ids: &[Text]) {
    if let Some(uploads) = run.context().session().find_attached::<Uploads>() {
        for id in ids {
            uploads.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let uploads = Uploads::default();
        let content = || Content::Blob(vec![0; BYTES_MAX / 2].into());
        for id in ["a", "b", "c"] {
            uploads.insert(id.into(), content(), 0, 10);
        }
        assert!(uploads.find("a", 0).is_none());
        assert!(uploads.find("b", 0).is_some() && uploads.find("c", 0).is_some());
    }

    #[test]
    fn an_upload_waits_for_its_time() {
        // R088
        let uploads = Uploads::default();
        uploads.insert("a".into(), Content::Blob(Blob::default()), 0, 10);
        assert!(uploads.find("a", 10_000).is_some());
        assert!(uploads.find("a", 10_001).is_none());
    }
}
