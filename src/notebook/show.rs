//! The one trait behind everything that displays itself.

use polars::prelude::DataFrame;
use tch::Tensor;

use super::channel::{self, Message};
use super::{Rich, frame_html};

/// A value with a form worth looking at. The last expression of a cell shows itself through this trait.
///
/// # Example
/// ```
/// use latentlab::notebook::{Rich, Show};
///
/// struct Celsius(f64);
///
/// impl Show for Celsius {
///     fn rich(&self) -> Rich {
///         Rich::text(format!("{:.1} °C", self.0))
///     }
/// }
/// assert_eq!(Celsius(20.0).rich().get("text/plain"), Some("20.0 °C"));
/// ```
pub trait Show {
    /// The value in every form it has.
    fn rich(&self) -> Rich;

    /// Puts the value on the page.
    fn show(&self) {
        self.rich().send();
    }

    /// Called by evcxr for the last expression of a cell, whose value is the cell's result.
    fn evcxr_display(&self) {
        channel::send(Message::Result(&self.rich()));
    }
}

impl Show for Rich {
    fn rich(&self) -> Rich {
        self.clone()
    }
}

impl Show for DataFrame {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string()).html(frame_html(self))
    }
}

impl Show for Tensor {
    /// Shape, dtype and device first, then the values.
    fn rich(&self) -> Rich {
        let head = format!("Tensor {:?} {:?} on {:?}", self.size(), self.kind(), self.device());
        let values = self.to_string(80).unwrap_or_default();
        Rich::text(format!("{head}\n{}", values.trim_end()))
    }
}

impl<T: Show, E: std::fmt::Display> Show for Result<T, E> {
    fn rich(&self) -> Rich {
        match self {
            Ok(value) => value.rich(),
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}
