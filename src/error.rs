//! One error type for the whole library: what was looked for, where, what was found, what to do next.

use std::path::{Path, PathBuf};

/// What a library call returns.
///
/// # Example
/// ```
/// fn half(count: usize) -> latentlab::Result<usize> {
///     Ok(count / 2)
/// }
/// assert_eq!(half(8)?, 4);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the library, each variant with a message for the reader of a notebook.
///
/// # Example
/// ```
/// use latentlab::Error;
///
/// let error = Error::invalid("alpha = -1", "the penalty must be zero or positive");
/// assert_eq!(error.to_string(), "alpha = -1: the penalty must be zero or positive");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something that should be there is not.
    #[error("{what} not found; looked in {}; {fix}", looked_in.join(", "))]
    Missing {
        /// What was looked for.
        what: String,
        /// The places searched, in order.
        looked_in: Vec<String>,
        /// What to do about it.
        fix: String,
    },

    /// A file was found and read, and does not say what its format promises.
    #[error("{}{}: {problem}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, where one line is to blame.
        line: Option<u64>,
        /// What was expected and what was found.
        problem: String,
    },

    /// An argument or a data set that the computation cannot work with.
    #[error("{what}: {problem}")]
    Invalid {
        /// The argument or data, with its value or shape.
        what: String,
        /// Why it does not fit, and what would.
        problem: String,
    },

    /// A numerical method stopped before it reached its goal.
    #[error("{method} did not converge: {detail}")]
    NotConverged {
        /// The method.
        method: String,
        /// How far it came, and what to change.
        detail: String,
    },

    /// The operating system refused a file operation.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// The operation, as a verb: "read", "write".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        source: std::io::Error,
    },

    /// A figure could not be drawn.
    #[error("{figure}: {problem}")]
    Figure {
        /// The kind of figure and its title.
        figure: String,
        /// Why it could not be drawn.
        problem: String,
    },

    /// libtorch reported an error; the message keeps its first line and drops the C++ stack.
    #[error("torch: {0}")]
    Torch(String),

    /// The reader asked the running cell to stop.
    #[error(
        "interrupted: the cell was asked to stop before this was done; variables keep their values, \
         run the cell again to start it over"
    )]
    Interrupted,

    /// polars reported an error.
    #[error("table: {0}")]
    Frame(#[from] polars::error::PolarsError),
}

impl Error {
    /// An argument or a data set that does not fit.
    ///
    /// # Example
    /// ```
    /// let error = latentlab::Error::invalid("p = 0", "a graph needs at least one variable");
    /// assert!(error.to_string().starts_with("p = 0"));
    /// ```
    pub fn invalid(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { what: what.into(), problem: problem.into() }
    }

    /// A file whose content breaks its format.
    ///
    /// # Example
    /// ```
    /// let error = latentlab::Error::malformed("T.csv", Some(3), "column `Close` holds `abc`");
    /// assert_eq!(error.to_string(), "T.csv, line 3: column `Close` holds `abc`");
    /// ```
    pub fn malformed(
        path: impl AsRef<Path>,
        line: impl Into<Option<u64>>,
        problem: impl Into<String>,
    ) -> Self {
        Self::Malformed {
            path: path.as_ref().to_owned(),
            line: line.into(),
            problem: problem.into(),
        }
    }

    /// A file operation that the system refused.
    ///
    /// # Example
    /// ```
    /// let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    /// let error = latentlab::Error::io("write", "out/figure.png", refused);
    /// assert!(error.to_string().starts_with("cannot write out/figure.png"));
    /// ```
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_owned(), source }
    }
}

impl From<tch::TchError> for Error {
    /// Keeps what a reader can use: libtorch appends a C++ stack to its messages.
    fn from(error: tch::TchError) -> Self {
        let text = match &error {
            tch::TchError::Torch(text) => text.clone(),
            other => other.to_string(),
        };
        let end = text.find("\nException raised from").unwrap_or(text.len());
        let words = text[..end].trim();
        let advice = ADVICE.iter().find(|(part, _)| words.contains(part));
        Self::Torch(match advice {
            Some((_, advice)) => format!("{words}; {advice}"),
            None => words.to_owned(),
        })
    }
}

/// What to do about frequent errors of libtorch, by a part of its words that each of them has.
const ADVICE: [(&str, &str); 3] = [
    (
        "dtype must be either a floating point or complex dtype",
        "whole numbers and truth values become floating-point numbers by `.to_kind(Kind::Float)`, and a mean takes the kind of its \
         result, too: `.mean(Kind::Float)`",
    ),
    ("same dtype", "bring all to one kind first, by `.to_kind(Kind::Float)` say"),
    (
        "Expected all tensors to be on the same device",
        "bring all to one device first, by `.to_device(device)`",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torch_errors_lose_the_stack() {
        let error = tch::TchError::Torch(
            "shapes differ\nException raised from f at x.cpp:1\nframe #0".into(),
        );
        assert_eq!(Error::from(error).to_string(), "torch: shapes differ");
    }

    #[test]
    fn errors_of_kinds_say_what_to_do() {
        use tch::{Device, Kind, Tensor};

        let words = |outcome: std::result::Result<Tensor, tch::TchError>| match outcome {
            Ok(tensor) => format!("{tensor:?}"),
            Err(error) => Error::from(error).to_string(),
        };
        let message = words(Tensor::from_slice(&[1_i64, 2, 3]).f_mean(None::<Kind>));
        assert!(message.starts_with("torch: mean(): could not infer output dtype"), "{message}");
        assert!(message.ends_with("`.mean(Kind::Float)`") && !message.contains('\n'), "{message}");
        let [one, other] =
            [Kind::Float, Kind::Double].map(|kind| Tensor::ones([2, 2], (kind, Device::Cpu)));
        let message = words(one.f_matmul(&other));
        assert!(message.ends_with("by `.to_kind(Kind::Float)` say"), "{message}");
    }

    #[test]
    fn a_missing_thing_names_every_place() {
        let error = Error::Missing {
            what: "prices".into(),
            looked_in: vec!["/a".into(), "/b".into()],
            fix: "run `cargo lab run` once".into(),
        };
        assert_eq!(
            error.to_string(),
            "prices not found; looked in /a, /b; run `cargo lab run` once"
        );
    }
}
