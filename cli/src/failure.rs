//! Why a command ends early: one sentence on what is wrong, one on the way out.

use std::fmt;
use std::process::ExitCode;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The meaning of a non-zero exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The work was done and found something wrong: a failing notebook, test or check.
    Findings = 1,
    /// An argument does not make sense.
    Usage = 2,
    /// Something needed could not be set up.
    Setup = 3,
    /// The user pressed Ctrl-C.
    Interrupted = 130,
}

#[derive(Debug)]
pub struct Failure {
    what: String,
    fix: Option<String>,
    status: Status,
}

impl Failure {
    pub fn new(status: Status, what: impl Into<String>) -> Self {
        Self { what: what.into(), fix: None, status }
    }

    pub fn setup(what: impl Into<String>) -> Self {
        Self::new(Status::Setup, what)
    }

    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Status::Usage, what)
    }

    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// A refused file operation, with the way out that fits the system's reason.
    pub fn io(action: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let failure = Self::setup(format!("cannot {action} {}: {error}", path.display()));
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                failure.fix(format!(
                    "make {} writable (the cache can be moved: set LATENTLAB_CACHE to a folder that is)",
                    path.parent().unwrap_or(path).display()
                ))
            }
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => failure
                .fix("free some disk space, or set LATENTLAB_CACHE to a folder on another disk"),
            _ => failure,
        }
    }

    pub fn what(&self) -> &str {
        &self.what
    }

    pub fn remedy(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    pub fn print(&self) {
        eprintln!("{} {}", console::style("error:").red().bold().for_stderr(), self.what);
        if let Some(fix) = &self.fix {
            eprintln!("  {} {fix}", console::style("fix:").green().bold().for_stderr());
        }
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.status as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.what)?;
        match &self.fix {
            Some(fix) => write!(formatter, " (fix: {fix})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_write_says_what_to_do() {
        let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let failure = Failure::io("write", std::path::Path::new("/cache/x"), &refused);
        assert!(failure.to_string().contains("make /cache writable"));
    }
}
