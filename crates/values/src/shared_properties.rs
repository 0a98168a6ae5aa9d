//! The properties of a shared object: a list while there are few, a map from then on. A server with many sessions has
//! as many storages with a handful of properties, and a map for each would be most of their memory.

use indexmap::IndexMap;

use crate::Text;
use crate::shared::SharedValue;

/// As many are found as fast in a list as in a map.
const FEW: usize = 8;

/// Properties in creation order.
#[derive(Debug)]
pub(crate) enum SharedProperties {
    Few(Vec<(Text, SharedValue)>),
    Many(Box<IndexMap<Text, SharedValue>>),
}

impl Default for SharedProperties {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl SharedProperties {
    pub(crate) fn get(&self, name: &str) -> Option<&SharedValue> {
        match self {
            Self::Few(list) => list.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            Self::Many(map) => map.get(name),
        }
    }

    pub(crate) fn insert(&mut self, name: Text, value: SharedValue) {
        let list = match self {
            Self::Few(list) => list,
            Self::Many(map) => {
                map.insert(name, value);
                return;
            }
        };
        if let Some(at) = list.iter().position(|(known, _)| *known == name) {
            list[at].1 = value;
        } else if list.len() < FEW {
            if list.is_empty() {
                // Most stay alone.
                list.reserve_exact(1);
            }
            list.push((name, value));
        } else {
            let mut map: IndexMap<Text, SharedValue> = std::mem::take(list).into_iter().collect();
            map.insert(name, value);
            *self = Self::Many(Box::new(map));
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        match self {
            Self::Few(list) => list.retain(|(known, _)| known != name),
            Self::Many(map) => {
                map.shift_remove(name);
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Text, &SharedValue)> {
        let (list, map) = match self {
            Self::Few(list) => (list.as_slice(), None),
            Self::Many(map) => (&[][..], Some(map)),
        };
        list.iter().map(|(name, value)| (name, value)).chain(map.into_iter().flat_map(|map| map.iter()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Few(list) => list.is_empty(),
            Self::Many(map) => map.is_empty(),
        }
    }

    /// Takes every value away.
    pub(crate) fn take(&mut self) -> Vec<SharedValue> {
        match std::mem::take(self) {
            Self::Few(list) => list.into_iter().map(|(_, value)| value).collect(),
            Self::Many(map) => map.into_values().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_a_map_behave_alike() {
        let mut properties = SharedProperties::default();
        let names: Vec<Text> = (0..20).map(|n| format!("p{n}").into()).collect();
        let keys = |properties: &SharedProperties| -> Vec<Text> {
            properties.iter().map(|(name, _)| name.clone()).collect()
        };
        for (count, name) in names.iter().enumerate() {
            properties.insert(name.clone(), SharedValue::Integer(0));
            properties.insert(name.clone(), SharedValue::Integer(count as i64));
            assert_eq!(keys(&properties), names[..=count]);
            assert!(matches!(properties.get(name), Some(SharedValue::Integer(n)) if *n == count as i64));
            assert!(properties.get("other").is_none());
        }
        for (count, name) in names.iter().enumerate() {
            properties.remove("other");
            properties.remove(name);
            assert_eq!(keys(&properties), names[count + 1..]);
        }
        assert!(properties.is_empty());
        properties.insert("again".into(), SharedValue::Null);
        assert_eq!(properties.take().len(), 1);
        assert!(properties.is_empty());
    }
}
