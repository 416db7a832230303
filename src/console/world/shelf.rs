//! Things with keys, in the order of their arrival, each with the question that brought it.

use std::collections::HashMap;
use std::hash::Hash;

use crate::console::message::RequestId;

/// A shelf. Looking up, adding and replacing cost the same at any size.
#[derive(Debug)]
pub struct Shelf<K, V> {
    values: Vec<V>,
    keys: Vec<(K, RequestId)>,
    places: HashMap<K, usize>,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self { values: Vec::new(), keys: Vec::new(), places: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Shelf<K, V> {
    /// Adds, or replaces what has the same key.
    pub fn put(&mut self, key: K, value: V, request: RequestId) {
        match self.places.get(&key) {
            Some(&place) => {
                self.values[place] = value;
                self.keys[place].1 = request;
            }
            None => {
                self.places.insert(key.clone(), self.values.len());
                self.values.push(value);
                self.keys.push((key, request));
            }
        }
    }

    /// Everything, in places from 0.
    pub fn all(&self) -> &[V] {
        &self.values
    }

    /// The thing with this key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).and_then(|place| self.values.get(place))
    }

    /// The place of the thing with this key.
    pub fn place(&self, key: &K) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// Keeps what `keep` wants. Tells whether anything went.
    pub fn retain(&mut self, keep: impl Fn(&V, RequestId) -> bool) -> bool {
        let before = self.values.len();
        let values = std::mem::take(&mut self.values);
        let keys = std::mem::take(&mut self.keys);
        let kept = values.into_iter().zip(keys).filter(|(value, (_, request))| keep(value, *request));
        (self.values, self.keys) = kept.unzip();
        let gone = self.values.len() != before;
        if gone {
            self.places =
                self.keys.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_same_key_is_replaced_and_places_survive_a_loss() {
        let mut shelf = Shelf::default();
        for (key, value, request) in [("a", 1, 1), ("b", 2, 1), ("a", 3, 2)] {
            shelf.put(key, value, RequestId(request));
        }
        assert_eq!(shelf.all(), [3, 2]);
        assert!(shelf.retain(|_, request| request == RequestId(1)));
        assert_eq!((shelf.all(), shelf.place(&"b"), shelf.get(&"a")), (&[2][..], Some(0), None));
        assert!(!shelf.retain(|_, _| true));
    }
}
