//! Handwritten digits: MNIST where it lies, and 5,000 of its images that every notebook can count on.

mod csv;
mod idx;
mod page;
mod set;
mod source;

pub use set::Digits;

#[cfg(test)]
mod tests;
