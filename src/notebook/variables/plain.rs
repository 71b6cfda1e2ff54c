//! Single values: numbers, texts, days, and what wraps another value.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};

use super::{Inspect, PREVIEW, debugged};

macro_rules! as_written {
    ($($name:ty),*) => {$(
        impl Inspect for $name {
            fn preview(&self) -> String {
                debugged(self)
            }
        }
    )*};
}

as_written!(
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    f32,
    f64,
    bool,
    char,
    ()
);
as_written!(Duration, NaiveDate, NaiveDateTime, std::path::PathBuf);

impl Inspect for str {
    fn shape(&self) -> Option<String> {
        Some(format!("{} bytes", self.len()))
    }

    fn preview(&self) -> String {
        // Only the beginning is escaped: a text may be a whole file.
        let beginning: String = self.chars().take(PREVIEW + 1).collect();
        debugged(&beginning.as_str())
    }
}

impl Inspect for String {
    fn shape(&self) -> Option<String> {
        self.as_str().shape()
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.capacity()
    }

    fn preview(&self) -> String {
        self.as_str().preview()
    }
}

impl<T: Inspect> Inspect for Option<T> {
    fn shape(&self) -> Option<String> {
        self.as_ref().and_then(T::shape)
    }

    fn dtype(&self) -> Option<String> {
        self.as_ref().and_then(T::dtype)
    }

    fn device(&self) -> Option<String> {
        self.as_ref().and_then(T::device)
    }

    fn memory(&self) -> usize {
        // The value lies inside the option; what it owns comes on top.
        let owned = self.as_ref().map_or(0, |value| value.memory().saturating_sub(size_of::<T>()));
        size_of_val(self) + owned
    }

    fn preview(&self) -> String {
        match self {
            Some(value) => format!("Some({})", value.preview()),
            None => "None".into(),
        }
    }
}

macro_rules! as_inside {
    ($($pointer:ty),*) => {$(
        impl<T: Inspect + ?Sized> Inspect for $pointer {
            fn shape(&self) -> Option<String> {
                (**self).shape()
            }

            fn dtype(&self) -> Option<String> {
                (**self).dtype()
            }

            fn device(&self) -> Option<String> {
                (**self).device()
            }

            fn memory(&self) -> usize {
                size_of::<Self>() + (**self).memory()
            }

            fn preview(&self) -> String {
                (**self).preview()
            }
        }
    )*};
}

as_inside!(Box<T>, Rc<T>, Arc<T>, &T);
