//! A question that any value answers, whatever traits its type has.
//!
//! Method calls prefer the candidate that needs the fewest steps from the receiver's type, so `(&Probe(&x)).inspect()`
//! takes, in this order, what the type itself says, what every vector can say, and what every value can.

use super::{Inspect, Inspection, short_name};

/// Holds a value for the question what it is: `(&Probe(&x)).inspect()`, with [`Known`] and [`Opaque`] in scope.
///
/// # Example
/// ```
/// use latentlab::notebook::variables::{Known as _, Opaque as _, Probe};
///
/// struct Secret([u8; 32]);
///
/// assert_eq!((&Probe(&7_u16)).inspect().preview, "7");
/// assert_eq!((&Probe(&Secret([0; 32]))).inspect().memory, 32);
/// ```
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(
    /// The value.
    pub &'a T,
);

// Derived, these would ask T to be Clone as well.
impl<T: ?Sized> Clone for Probe<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Probe<'_, T> {}

/// Answers for types that say more than their size. Bring it into scope together with [`Opaque`].
///
/// # Example
/// ```
/// use latentlab::notebook::variables::{Known as _, Opaque as _, Probe};
///
/// assert_eq!((&Probe(&[1, 2, 3])).inspect().shape.as_deref(), Some("3"));
/// ```
pub trait Known {
    /// What is worth knowing.
    fn inspect(&self) -> Inspection;
}

impl<T: Inspect + ?Sized> Known for Probe<'_, T> {
    fn inspect(&self) -> Inspection {
        Inspection::of(self.0)
    }
}

/// A vector whose elements cannot be written still has a length.
impl<T> Known for &Probe<'_, Vec<T>> {
    fn inspect(&self) -> Inspection {
        Inspection {
            shape: Some(self.0.len().to_string()),
            dtype: Some(short_name::<T>()),
            memory: size_of_val(self.0) + self.0.capacity() * size_of::<T>(),
            ..Inspection::default()
        }
    }
}

/// Answers for every other type: with its size.
///
/// # Example
/// ```
/// use latentlab::notebook::variables::{Known as _, Opaque as _, Probe};
///
/// let closure = |x: f64| 2.0 * x;
/// assert_eq!((&Probe(&closure)).inspect().memory, 0);
/// ```
pub trait Opaque {
    /// What is known of any value.
    fn inspect(self) -> Inspection;
}

impl<T: ?Sized> Opaque for Probe<'_, T> {
    fn inspect(self) -> Inspection {
        Inspection { memory: size_of_val(self.0), ..Inspection::default() }
    }
}
