//! Files a client uploaded and did not use yet (`docs/REST/$upload.md`). They wait in its session, each for its time.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tessera_orda::Run;
use tessera_values::{Blob, Picture, Text, Value};

use crate::error::RestError;
use crate::kept::{self, Place, Room};

/// How long an upload waits to be used unless `$timeout` says otherwise, in seconds.
const SECONDS: i64 = 120;
/// The longest it may wait: an hour.
const SECONDS_MAX: i64 = 3600;
/// How many bytes wait in one session; beyond, the oldest are thrown away.
const BYTES_MAX: usize = 64 << 20;
/// How many of them, since an empty one has no bytes.
const UPLOADS_MAX: usize = 1000;
/// How many bytes wait in all sessions together.
const BYTES_MAX_IN_ALL: usize = 512 << 20;

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
    _place: Place,
}

/// The room for the uploads of all sessions.
#[derive(Debug, Default)]
struct UploadRoom(Arc<Room>);

/// The uploads of one session.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    uploads: HashMap<Text, Upload>,
    count: u64,
}

impl Uploads {
    fn insert(&self, id: Text, content: Content, place: Place, (now_ms, seconds): (i64, i64)) {
        let mut waiting = self.0.lock();
        waiting.uploads.retain(|_, upload| upload.expires_ms >= now_ms);
        while waiting.uploads.len() >= UPLOADS_MAX
            || waiting.uploads.values().map(|upload| upload.content.len()).sum::<usize>() + content.len()
                > BYTES_MAX
        {
            let oldest = waiting.uploads.iter().min_by_key(|(_, upload)| upload.number);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else { break };
            waiting.uploads.remove(&oldest);
        }
        waiting.count += 1;
        let number = waiting.count;
        let upload = Upload { content, expires_ms: now_ms + seconds * 1000, number, _place: place };
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

/// Keeps an upload; answers its id.
pub(crate) fn keep(run: &Run, content: Content, seconds: Option<i64>) -> Result<Text, RestError> {
    let room = Arc::clone(&run.context().application().own_session().attached::<UploadRoom>().0);
    let place = room.take(content.len(), BYTES_MAX_IN_ALL)?;
    let id = kept::new_id(run);
    let seconds = seconds.unwrap_or(SECONDS).clamp(1, SECONDS_MAX);
    let uploads = run.context().kept_session().attached::<Uploads>();
    uploads.insert(id.clone(), content, place, (kept::now_ms(run), seconds));
    Ok(id)
}

/// An upload by its id; it stays until [`used`].
pub(crate) fn find(run: &Run, id: &str) -> Option<Content> {
    run.context().session().find_attached::<Uploads>()?.find(id, kept::now_ms(run))
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
        let (uploads, room) = (Uploads::default(), Arc::new(Room::default()));
        let content = || Content::Blob(vec![0; BYTES_MAX / 2].into());
        for id in ["a", "b", "c"] {
            uploads.insert(id.into(), content(), room.take(1, 10).unwrap(), (0, 10));
        }
        assert!(uploads.find("a", 0).is_none());
        assert!(uploads.find("b", 0).is_some() && uploads.find("c", 0).is_some());
    }

    #[test]
    fn an_upload_waits_for_its_time() {
        // R088
        let (uploads, room) = (Uploads::default(), Arc::new(Room::default()));
        uploads.insert("a".into(), Content::Blob(Blob::default()), room.take(0, 0).unwrap(), (0, 10));
        assert!(uploads.find("a", 10_000).is_some());
        assert!(uploads.find("a", 10_001).is_none());
    }
}
