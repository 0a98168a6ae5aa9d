//! The properties of an object: a list while there are few, a map from then on. Most objects have a handful, and a
//! list of so many is found in faster than a map, and a fraction of its memory.

use indexmap::IndexMap;

use crate::{Text, Value};

/// As many are found as fast in a list as in a map.
const FEW: usize = 8;

/// Properties in creation order (`docs/Concepts/dt_object.md`).
#[derive(Clone, Debug)]
pub struct Properties<V = Value>(Kept<V>);

#[derive(Clone, Debug)]
enum Kept<V> {
    Few(Vec<(Text, V)>),
    Many(Box<IndexMap<Text, V>>),
}

impl<V> Default for Properties<V> {
    fn default() -> Self {
        Self(Kept::Few(Vec::new()))
    }
}

impl<V> Properties<V> {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Few(list) => list.len(),
            Kept::Many(map) => map.len(),
        }
    }

    /// True without properties.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a property; names are case-sensitive.
    pub fn get(&self, name: &str) -> Option<&V> {
        match &self.0 {
            Kept::Few(list) => list.iter().find(|(known, _)| is_same(known, name)).map(|(_, value)| value),
            Kept::Many(map) => map.get(name),
        }
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        match &mut self.0 {
            Kept::Few(list) => {
                list.iter_mut().find(|(known, _)| is_same(known, name)).map(|(_, value)| value)
            }
            Kept::Many(map) => map.get_mut(name),
        }
    }

    /// Is there such a property?
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Where a property lies, for somebody who will ask for the same name again: objects that are made alike keep
    /// their properties in the same places. `guess` is where it lay last.
    #[inline]
    pub fn place(&self, name: &str, guess: usize) -> Option<usize> {
        if let Kept::Few(list) = &self.0
            && let Some((known, _)) = list.get(guess)
            && is_same(known, name)
        {
            return Some(guess);
        }
        self.search(name, guess)
    }

    #[inline(never)]
    fn search(&self, name: &str, guess: usize) -> Option<usize> {
        match &self.0 {
            Kept::Few(list) => list.iter().position(|(known, _)| is_same(known, name)),
            Kept::Many(map) => match map.get_index(guess) {
                Some((known, _)) if is_same(known, name) => Some(guess),
                _ => map.get_index_of(name),
            },
        }
    }

    /// The value at a place that [`Properties::place`] gave.
    #[inline]
    pub fn at(&self, place: usize) -> Option<&V> {
        match &self.0 {
            Kept::Few(list) => list.get(place).map(|(_, value)| value),
            Kept::Many(map) => map.get_index(place).map(|(_, value)| value),
        }
    }

    /// The same, to be changed.
    #[inline]
    pub fn at_mut(&mut self, place: usize) -> Option<&mut V> {
        match &mut self.0 {
            Kept::Few(list) => list.get_mut(place).map(|(_, value)| value),
            Kept::Many(map) => map.get_index_mut(place).map(|(_, value)| value),
        }
    }

    /// Sets a property, a new one behind all others. Answers the value it had.
    pub fn insert(&mut self, name: Text, value: V) -> Option<V> {
        let list = match &mut self.0 {
            Kept::Few(list) => list,
            Kept::Many(map) => return map.insert(name, value),
        };
        if let Some((_, known)) = list.iter_mut().find(|(known, _)| is_same(known, &name)) {
            return Some(std::mem::replace(known, value));
        }
        if list.len() < FEW {
            list.push((name, value));
        } else {
            let mut map: IndexMap<Text, V> = std::mem::take(list).into_iter().collect();
            map.insert(name, value);
            self.0 = Kept::Many(Box::new(map));
        }
        None
    }

    /// Removes a property; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        match &mut self.0 {
            Kept::Few(list) => {
                let at = list.iter().position(|(known, _)| is_same(known, name))?;
                Some(list.remove(at).1)
            }
            Kept::Many(map) => map.shift_remove(name),
        }
    }

    /// Throws away all but the first.
    pub fn truncate(&mut self, len: usize) {
        match &mut self.0 {
            Kept::Few(list) => list.truncate(len),
            Kept::Many(map) => map.truncate(len),
        }
    }

    /// Removes all; a list keeps its memory.
    pub fn clear(&mut self) {
        match &mut self.0 {
            Kept::Few(list) => list.clear(),
            Kept::Many(_) => *self = Self::default(),
        }
    }

    /// Makes room for exactly one property more: most objects of some kinds never get a second.
    pub fn reserve_one(&mut self) {
        if let Kept::Few(list) = &mut self.0 {
            list.reserve_exact(1);
        }
    }

    /// Names and values in creation order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &V)> {
        let (list, map) = match &self.0 {
            Kept::Few(list) => (list.as_slice(), None),
            Kept::Many(map) => (&[][..], Some(map)),
        };
        list.iter().map(|(name, value)| (name, value)).chain(map.into_iter().flat_map(|map| map.iter()))
    }

    /// The names in creation order.
    pub fn keys(&self) -> impl Iterator<Item = &Text> {
        self.iter().map(|(name, _)| name)
    }

    /// The values in creation order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Takes every value away.
    pub fn take_values(&mut self) -> impl Iterator<Item = V> + use<V> {
        std::mem::take(self).into_iter().map(|(_, value)| value)
    }
}

/// Are two names the same? They are short, and a call of the library's comparison costs more than comparing them.
#[inline]
fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    /// The first and the last bytes of a name, which overlap where it is shorter than both.
    fn ends<const N: usize>(name: &[u8]) -> Option<([u8; N], [u8; N])> {
        Some((*name.first_chunk()?, *name.last_chunk()?))
    }
    left.len() == right.len()
        && match left.len() {
            0 => true,
            1..=3 => left[0] == right[0] && ends::<1>(&left[1..]) == ends::<1>(&right[1..]),
            4..=7 => ends::<4>(left) == ends::<4>(right),
            8..=16 => ends::<8>(left) == ends::<8>(right),
            _ => left == right,
        }
}

impl<V> Extend<(Text, V)> for Properties<V> {
    fn extend<I: IntoIterator<Item = (Text, V)>>(&mut self, properties: I) {
        for (name, value) in properties {
            self.insert(name, value);
        }
    }
}

impl<V> FromIterator<(Text, V)> for Properties<V> {
    fn from_iter<I: IntoIterator<Item = (Text, V)>>(properties: I) -> Self {
        let mut made = Self::new();
        made.extend(properties);
        made
    }
}

impl<V> IntoIterator for Properties<V> {
    type Item = (Text, V);
    type IntoIter = std::iter::Chain<
        std::vec::IntoIter<(Text, V)>,
        std::iter::Flatten<std::option::IntoIter<IndexMap<Text, V>>>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        let (list, map) = match self.0 {
            Kept::Few(list) => (list, None),
            Kept::Many(map) => (Vec::new(), Some(*map)),
        };
        list.into_iter().chain(map.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_when_all_of_them_is() {
        let long = "a name that is longer than two ends of it";
        for len in 0..long.len() {
            let name = &long[..len];
            assert!(is_same(name, &long.to_owned()[..len]), "{name}");
            assert!(!is_same(name, &long[..=len]), "{name}");
            for changed in 0..len {
                let mut other = name.as_bytes().to_vec();
                other[changed] = b'#';
                assert!(!is_same(name, std::str::from_utf8(&other).unwrap()), "{name} at {changed}");
            }
        }
    }

    #[test]
    fn the_first_stay() {
        for count in [3, 12] {
            let mut properties: Properties<i64> = (0..count).map(|n| (format!("p{n}").into(), n)).collect();
            properties.truncate(2);
            assert_eq!(properties.keys().cloned().collect::<Vec<_>>(), ["p0", "p1"]);
            properties.truncate(5);
            assert_eq!(properties.len(), 2);
        }
    }

    #[test]
    fn a_list_and_a_map_behave_alike() {
        let mut properties = Properties::<i64>::new();
        let names: Vec<Text> = (0..20).map(|n| format!("p{n}").into()).collect();
        let keys = |properties: &Properties<i64>| properties.keys().cloned().collect::<Vec<_>>();
        for (count, name) in names.iter().enumerate() {
            assert_eq!(properties.insert(name.clone(), 0), None);
            assert_eq!(properties.insert(name.clone(), count as i64), Some(0));
            assert_eq!(keys(&properties), names[..=count]);
            assert_eq!(properties.get(name), Some(&(count as i64)));
            assert_eq!(properties.get("other"), None);
            for guess in [0, count, 99] {
                assert_eq!(properties.place(name, guess), Some(count));
                assert_eq!(properties.place("other", guess), None);
            }
            assert_eq!(properties.at(count), Some(&(count as i64)));
        }
        assert_eq!(
            properties.clone().into_iter().map(|(_, n)| n).collect::<Vec<_>>(),
            (0..20).collect::<Vec<_>>()
        );
        for (count, name) in names.iter().enumerate() {
            assert_eq!(properties.remove("other"), None);
            assert_eq!(properties.remove(name), Some(count as i64));
            assert_eq!(keys(&properties), names[count + 1..]);
        }
        assert!(properties.is_empty());
        properties.insert("again".into(), 1);
        assert_eq!(properties.take_values().count(), 1);
        assert!(properties.is_empty());
    }
}
