//! What a table of a notebook's variables is made of.
//!
//! [`Inspect`] says what is worth knowing about a value of a certain type. A kernel knows the names of the variables
//! but not which of their types implement it, so it asks through [`Probe`], which answers for any value:
//!
//! ```
//! struct Secret; // neither Debug nor Clone
//!
//! let (x, y) = (vec![1.5, 2.5], Secret);
//! let table = {
//!     use latentlab::notebook::variables::{Known as _, Opaque as _};
//!     let mut table = latentlab::notebook::VariableTable::new();
//!     table.add("x", "Vec<f64>", (&latentlab::notebook::variables::Probe(&x)).inspect());
//!     table.add("y", "Secret", (&latentlab::notebook::variables::Probe(&y)).inspect());
//!     table
//! };
//! assert_eq!(table.len(), 2);
//! ```

mod array;
mod frame;
mod plain;
mod probe;
mod sequence;
mod table;
mod tensor;

pub use probe::{Known, Opaque, Probe};
pub use table::VariableTable;
pub(crate) use tensor::device_name;

/// Letters of a preview.
const PREVIEW: usize = 60;
/// Elements of a sequence in a preview.
const ELEMENTS: usize = 6;

/// What is worth knowing about a value at a glance. No method has to be written: without any this is a
/// value with the size that the compiler knows.
///
/// # Example
/// ```
/// use latentlab::notebook::variables::{Inspect, Inspection};
///
/// struct Model { weights: Vec<f32> }
///
/// impl Inspect for Model {
///     fn shape(&self) -> Option<String> {
///         Some(format!("{} weights", self.weights.len()))
///     }
///     fn memory(&self) -> usize {
///         size_of_val(self) + size_of_val(self.weights.as_slice())
///     }
/// }
/// let found = Inspection::of(&Model { weights: vec![0.0; 1000] });
/// assert_eq!(found.shape.as_deref(), Some("1000 weights"));
/// assert!(found.memory >= 4000);
/// ```
pub trait Inspect {
    /// Sizes of the axes, as one writes them: "100 × 20". Default: none.
    fn shape(&self) -> Option<String> {
        None
    }

    /// The type of the elements. Default: none.
    fn dtype(&self) -> Option<String> {
        None
    }

    /// Where the elements lie: "CPU", "CUDA:0". Default: none, which is the CPU's memory.
    fn device(&self) -> Option<String> {
        None
    }

    /// Bytes of the value and of what it owns, as far as that is known without walking through every element.
    /// Default: the size of the value itself.
    fn memory(&self) -> usize {
        size_of_val(self)
    }

    /// The value, or its beginning, on one short line. Default: empty.
    fn preview(&self) -> String {
        String::new()
    }
}

/// What [`Inspect`] says about one value.
///
/// # Example
/// ```
/// use latentlab::notebook::variables::Inspection;
///
/// let found = Inspection::of(&vec![1.5_f32, 2.5]);
/// assert_eq!((found.shape.as_deref(), found.dtype.as_deref()), (Some("2"), Some("f32")));
/// assert_eq!(found.preview, "[1.5, 2.5]");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// Sizes of the axes.
    pub shape: Option<String>,
    /// The type of the elements.
    pub dtype: Option<String>,
    /// Where the elements lie.
    pub device: Option<String>,
    /// Bytes.
    pub memory: usize,
    /// The value, or its beginning.
    pub preview: String,
}

impl Inspection {
    /// Looks at a value.
    ///
    /// # Example
    /// ```
    /// let found = latentlab::notebook::variables::Inspection::of(&7_u8);
    /// assert_eq!((found.memory, found.preview.as_str()), (1, "7"));
    /// ```
    pub fn of<T: Inspect + ?Sized>(value: &T) -> Self {
        Self {
            shape: value.shape(),
            dtype: value.dtype(),
            device: value.device(),
            memory: value.memory(),
            preview: shortened(&value.preview()),
        }
    }
}

/// The first letters of a text, on one line.
fn shortened(text: &str) -> String {
    let line = text.trim_end().replace(['\n', '\r', '\t'], " ");
    match line.char_indices().nth(PREVIEW) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The beginning of what a value's `Debug` form says, without writing the rest of a large one.
fn debugged(value: &dyn std::fmt::Debug) -> String {
    struct Beginning(String);

    impl std::fmt::Write for Beginning {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.push_str(text);
            // An error is how the writer learns that nobody reads on. A letter has at most four bytes.
            if self.0.len() > 4 * (PREVIEW + 1) { Err(std::fmt::Error) } else { Ok(()) }
        }
    }

    let mut beginning = Beginning(String::new());
    let _cut_short = std::fmt::Write::write_fmt(&mut beginning, format_args!("{value:?}"));
    beginning.0
}

/// "[1.5, 2.5, …]": some elements of a sequence, and whether there are more.
fn listed<'a, T: std::fmt::Debug + 'a>(
    elements: impl Iterator<Item = &'a T>,
    count: usize,
) -> String {
    let mut words: Vec<String> =
        elements.take(ELEMENTS).map(|element| shortened(&debugged(element))).collect();
    if count > ELEMENTS {
        words.push("…".into());
    }
    format!("[{}]", words.join(", "))
}

/// "100 × 20".
fn product(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// The last part of a type's path: "f64", "String".
fn short_name<T: ?Sized>() -> String {
    let name = std::any::type_name::<T>();
    // A path inside brackets stays: only plain names can be cut at their last colon.
    if name.contains(['<', '(', '[', '&']) {
        return name
            .replace("alloc::string::", "")
            .replace("alloc::vec::", "")
            .replace("core::option::", "");
    }
    name.rsplit("::").next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests;
