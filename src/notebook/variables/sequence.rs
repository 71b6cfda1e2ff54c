//! Vectors, slices, arrays and maps.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use super::{Inspect, debugged, listed, short_name};

impl<T: Debug> Inspect for [T] {
    fn shape(&self) -> Option<String> {
        Some(self.len().to_string())
    }

    fn dtype(&self) -> Option<String> {
        Some(short_name::<T>())
    }

    fn preview(&self) -> String {
        listed(self.iter(), self.len())
    }
}

impl<T: Debug, const COUNT: usize> Inspect for [T; COUNT] {
    fn shape(&self) -> Option<String> {
        self.as_slice().shape()
    }

    fn dtype(&self) -> Option<String> {
        self.as_slice().dtype()
    }

    fn preview(&self) -> String {
        self.as_slice().preview()
    }
}

impl<T: Debug> Inspect for Vec<T> {
    fn shape(&self) -> Option<String> {
        self.as_slice().shape()
    }

    fn dtype(&self) -> Option<String> {
        self.as_slice().dtype()
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.capacity() * size_of::<T>()
    }

    fn preview(&self) -> String {
        self.as_slice().preview()
    }
}

impl<K: Debug, V: Debug, S> Inspect for HashMap<K, V, S> {
    fn shape(&self) -> Option<String> {
        Some(self.len().to_string())
    }

    fn dtype(&self) -> Option<String> {
        Some(format!("{} → {}", short_name::<K>(), short_name::<V>()))
    }

    fn memory(&self) -> usize {
        // A table has one byte of bookkeeping for each place.
        size_of_val(self) + self.capacity() * (size_of::<(K, V)>() + 1)
    }

    fn preview(&self) -> String {
        debugged(self)
    }
}

impl<K: Debug, V: Debug> Inspect for BTreeMap<K, V> {
    fn shape(&self) -> Option<String> {
        Some(self.len().to_string())
    }

    fn dtype(&self) -> Option<String> {
        Some(format!("{} → {}", short_name::<K>(), short_name::<V>()))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.len() * size_of::<(K, V)>()
    }

    fn preview(&self) -> String {
        debugged(self)
    }
}
