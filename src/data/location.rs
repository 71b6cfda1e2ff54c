//! Where data sets lie: the folder that `LATENTLAB_DATA` names, and the cache of the embedded sets.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The variable that names the reader's own data folder.
pub(crate) const DATA_VARIABLE: &str = "LATENTLAB_DATA";

/// The variable that moves the library's cache.
pub(crate) const CACHE_VARIABLE: &str = "LATENTLAB_CACHE";

/// The folder of the embedded data sets, which `cargo lab run` fills: `embedded/` in `LATENTLAB_CACHE`
/// where that is set, else in `$XDG_CACHE_HOME/latentlab`, else in `$HOME/.cache/latentlab`. The folder
/// need not exist yet.
///
/// # Errors
/// [`Error::Missing`] where none of the three variables is set.
///
/// # Example
/// ```
/// let folder = latentlab::data::embedded_folder()?;
/// assert!(folder.ends_with("embedded"));
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn embedded_folder() -> Result<PathBuf> {
    Ok(cache_folder()?.join("embedded"))
}

/// The folder that `cargo lab fetch` fills where `LATENTLAB_DATA` names none; it need not exist.
pub(crate) fn fetched_folder() -> Result<PathBuf> {
    Ok(cache_folder()?.join("data"))
}

/// The library's cache: the folder above that of the embedded data sets.
pub(crate) fn cache_folder() -> Result<PathBuf> {
    cache_folder_under(|name| std::env::var_os(name))
}

/// The reader's own data folder: what `LATENTLAB_DATA` names, or `None` where it is unset or empty.
///
/// # Errors
/// [`Error::Missing`] where the variable names a folder that does not exist.
///
/// # Example
/// ```
/// match latentlab::data::data_folder() {
///     Ok(Some(folder)) => println!("own data in {}", folder.display()),
///     Ok(None) => println!("embedded data"),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn data_folder() -> Result<Option<PathBuf>> {
    data_folder_named(std::env::var_os(DATA_VARIABLE))
}

fn cache_folder_under(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = path(CACHE_VARIABLE).or_else(|| {
        // The XDG specification says that a relative path there is to be ignored.
        let shared = path("XDG_CACHE_HOME").filter(|folder| folder.is_absolute());
        shared
            .or_else(|| path("HOME").map(|home| home.join(".cache")))
            .map(|cache| cache.join("latentlab"))
    });
    cache.ok_or_else(|| Error::Missing {
        what: "a cache folder".into(),
        looked_in: vec![
            format!("{CACHE_VARIABLE} (not set)"),
            "XDG_CACHE_HOME (not set)".into(),
            "HOME (not set)".into(),
        ],
        fix: format!("set {CACHE_VARIABLE} to a folder for downloaded data"),
    })
}

fn data_folder_named(value: Option<OsString>) -> Result<Option<PathBuf>> {
    let Some(folder) = value.filter(|value| !value.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    Err(Error::Missing {
        what: format!("the data folder that {DATA_VARIABLE} names"),
        looked_in: vec![describe(&folder)],
        fix: format!("correct {DATA_VARIABLE}, or unset it to use the embedded data"),
    })
}

fn describe(folder: &Path) -> String {
    let state = if folder.exists() { " (not a folder)" } else { "" };
    format!("{}{state}", folder.display())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder(variables: &[(&str, &str)]) -> Result<PathBuf> {
        cache_folder_under(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let all = [("LATENTLAB_CACHE", "/a"), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")];
        assert_eq!(folder(&all).unwrap(), Path::new("/a"));
        assert_eq!(folder(&all[1..]).unwrap(), Path::new("/b/latentlab"));
        assert_eq!(folder(&all[2..]).unwrap(), Path::new("/c/.cache/latentlab"));
        assert!(folder(&[]).unwrap_err().to_string().contains("set LATENTLAB_CACHE"));
    }

    #[test]
    fn empty_and_relative_values_are_passed_over() {
        let variables = [("LATENTLAB_CACHE", ""), ("XDG_CACHE_HOME", "relative"), ("HOME", "/c")];
        assert_eq!(folder(&variables).unwrap(), Path::new("/c/.cache/latentlab"));
    }

    #[test]
    fn a_data_folder_that_does_not_exist_is_an_error() {
        let error = data_folder_named(Some("/no/such/folder".into())).unwrap_err().to_string();
        assert!(error.contains("/no/such/folder") && error.contains("unset it"), "{error}");
        assert_eq!(data_folder_named(Some("".into())).unwrap(), None);
        assert_eq!(data_folder_named(None).unwrap(), None);
    }
}
