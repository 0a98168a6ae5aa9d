//! Entity sets (`docs/REST/$entityset.md`): selections a client keeps on the server, to page through them later.
//!
//! A set belongs to the session that made it and ends with it: nobody else can name it. It holds references only, so
//! values are always today's, a member that no longer matches the filter stays, and one that was dropped leaves a gap.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use parking_lot::Mutex;
use tessera_model::{DataclassId, RecordId};
use tessera_orda::{Run, Selection};
use tessera_sessions::PrivilegeSet;
use tessera_values::Text;

use crate::error::RestError;
use crate::kept::{self, Place, Room};

/// How long a set is kept without use unless `$timeout` says otherwise, in seconds.
pub(crate) const SECONDS: i64 = 7200;
/// The longest time a client may ask for: a week.
const SECONDS_MAX: i64 = 7 * 24 * 3600;
/// How many sets a session keeps; beyond, the one that was not used for the longest time is given up.
const SETS_MAX: usize = 1000;
/// How many references the sets of a session hold together.
const MEMBERS_MAX: usize = 10_000_000;
/// The sets of all sessions together.
const MEMBERS_MAX_IN_ALL: usize = 50_000_000;

/// One set.
#[derive(Clone, Debug)]
pub(crate) struct EntitySet {
    pub(crate) dataclass: DataclassId,
    pub(crate) records: Arc<Vec<RecordId>>,
    pub(crate) ordered: bool,
    /// What its maker was allowed: with other rights its members are looked at anew.
    privileges: Arc<PrivilegeSet>,
    seconds: i64,
    pub(crate) expires_ms: i64,
    used: u64,
    _place: Arc<Place>,
}

impl EntitySet {
    /// When it was used last, in milliseconds since 1970.
    pub(crate) fn used_ms(&self) -> i64 {
        self.expires_ms - self.seconds * 1000
    }
}

/// The sets of one session.
#[derive(Debug, Default)]
pub(crate) struct EntitySets(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    sets: HashMap<Text, EntitySet>,
    /// Counts uses, to tell which set was used last.
    uses: u64,
}

impl Kept {
    fn forget_expired(&mut self, now_ms: i64) {
        self.sets.retain(|_, set| set.expires_ms >= now_ms);
    }

    fn make_room(&mut self, members: usize) {
        while self.sets.len() >= SETS_MAX
            || self.sets.values().map(|set| set.records.len()).sum::<usize>() + members > MEMBERS_MAX
        {
            let oldest = self.sets.iter().min_by_key(|(_, set)| set.used).map(|(id, _)| id.clone());
            let Some(oldest) = oldest else { return };
            self.sets.remove(&oldest);
        }
    }

    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }
}

impl EntitySets {
    /// A set by its id; using it begins its time anew.
    fn find(&self, id: &str, now_ms: i64) -> Option<EntitySet> {
        let mut kept = self.0.lock();
        kept.forget_expired(now_ms);
        let used = kept.next_use();
        let set = kept.sets.get_mut(id)?;
        set.used = used;
        set.expires_ms = now_ms + set.seconds * 1000;
        Some(set.clone())
    }

    fn insert(&self, id: Text, mut set: EntitySet, now_ms: i64) {
        let mut kept = self.0.lock();
        kept.forget_expired(now_ms);
        kept.make_room(set.records.len());
        set.used = kept.next_use();
        kept.sets.insert(id, set);
    }

    fn remove(&self, id: &str) -> bool {
        self.0.lock().sets.remove(id).is_some()
    }

    /// How many there are.
    fn count(&self, now_ms: i64) -> usize {
        let mut kept = self.0.lock();
        kept.forget_expired(now_ms);
        kept.sets.len()
    }

    /// Every set, for `$info`.
    pub(crate) fn all(&self) -> Vec<(Text, EntitySet)> {
        let mut all: Vec<_> = self.0.lock().sets.iter().map(|(id, set)| (id.clone(), set.clone())).collect();
        all.sort_by_key(|(_, set)| set.used);
        all
    }
}

/// The room for the sets of all sessions.
#[derive(Debug, Default)]
struct SetRoom(Arc<Room>);

/// Keeps a selection for the session; answers the set's id.
pub(crate) fn keep(run: &Run, selection: &Selection, seconds: Option<i64>) -> Result<Text, RestError> {
    let id = kept::new_id(run);
    let session = run.context().session();
    let limits = run.context().application().sessions.entity_set_limits(&session);
    let count = session.find_attached::<EntitySets>().map_or(0, |sets| sets.count(kept::now_ms(run)));
    if limits.count_max.is_some_and(|most| count as u64 >= most) {
        return Err(RestError::quota_reached(None));
    }
    let limit = |seconds: Option<u64>| seconds.and_then(|seconds| i64::try_from(seconds).ok());
    let seconds = seconds.or(limit(limits.default_seconds)).unwrap_or(SECONDS);
    let seconds = limit(limits.seconds_max).map_or(seconds, |most| seconds.min(most));
    keep_as(run, id.clone(), selection, seconds)?;
    Ok(id)
}

/// Keeps a selection under an id the client knows already.
pub(crate) fn keep_as(run: &Run, id: Text, selection: &Selection, seconds: i64) -> Result<(), RestError> {
    let records = selection.records()?;
    if records.len() > MEMBERS_MAX {
        return Err(RestError::not_applicable("An entity set of more than 10,000,000 entities"));
    }
    let room = Arc::clone(&run.context().application().own_session().attached::<SetRoom>().0);
    let place = Arc::new(room.take(records.len(), MEMBERS_MAX_IN_ALL)?);
    let now_ms = kept::now_ms(run);
    let session = run.context().kept_session();
    let seconds = seconds.clamp(1, SECONDS_MAX);
    let set = EntitySet {
        dataclass: selection.dataclass(),
        records,
        ordered: selection.is_ordered(),
        privileges: session.privileges(),
        seconds,
        expires_ms: now_ms + seconds * 1000,
        used: 0,
        _place: place,
    };
    session.attached::<EntitySets>().insert(id, set, now_ms);
    Ok(())
}

/// The selection of a set of one dataclass; `None` when the session has no such set.
pub(crate) fn open(
    run: &mut Run,
    dataclass: DataclassId,
    id: &str,
) -> Result<Option<Rc<Selection>>, RestError> {
    let selection = open_any(run, id)?;
    if selection.as_ref().is_some_and(|selection| selection.dataclass() != dataclass) {
        let catalog = &run.context().application().catalog;
        return Err(RestError::other_dataclass(id, &catalog.dataclass(dataclass).name));
    }
    Ok(selection)
}

/// The selection of a set of whatever dataclass.
pub(crate) fn open_any(run: &mut Run, id: &str) -> Result<Option<Rc<Selection>>, RestError> {
    let session = run.context().session();
    let sets = session.find_attached::<EntitySets>();
    let Some(set) = sets.and_then(|sets| sets.find(id, kept::now_ms(run))) else { return Ok(None) };
    let selection = run.open_records(set.dataclass, &set.records, set.ordered)?;
    if *session.privileges() == *set.privileges {
        return Ok(Some(selection));
    }
    Ok(Some(run.existing(&selection)?))
}

/// Gives a set up; was there one?
pub(crate) fn release(run: &Run, id: &str) -> bool {
    run.context().session().find_attached::<EntitySets>().is_some_and(|sets| sets.remove(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(members: usize, expires_ms: i64) -> EntitySet {
        EntitySet {
            dataclass: DataclassId(0),
            records: Arc::new(vec![RecordId(1); members]),
            ordered: false,
            privileges: Arc::default(),
            seconds: 10,
            expires_ms,
            used: 0,
            _place: Arc::new(Arc::new(Room::default()).take(0, 0).unwrap()),
        }
    }

    #[test]
    fn the_set_that_was_not_used_for_longest_is_given_up() {
        // U56
        let sets = EntitySets::default();
        for number in 0..SETS_MAX {
            sets.insert(number.to_string().into(), set(1, 1000), 0);
        }
        assert!(sets.find("0", 0).is_some());
        sets.insert("new".into(), set(1, 1000), 0);
        assert!(sets.find("0", 0).is_some());
        assert!(sets.find("1", 0).is_none());
        assert_eq!(sets.all().len(), SETS_MAX);
        sets.insert("large".into(), set(MEMBERS_MAX, 1000), 0);
        assert_eq!(sets.all().len(), 1, "the others made room");
    }

    #[test]
    fn a_set_ends_when_its_time_is_over_and_every_use_begins_it_anew() {
        // R166
        let sets = EntitySets::default();
        sets.insert("a".into(), set(1, 10_000), 0);
        assert!(sets.find("a", 9_000).is_some());
        assert!(sets.find("a", 18_000).is_some());
        assert!(sets.find("a", 28_001).is_none());
        assert!(sets.all().is_empty());
    }
}
