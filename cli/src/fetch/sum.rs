//! Check sums that somebody publishes.

use std::path::Path;

use md5::Md5;
use sha2::Sha256;

use crate::files;

/// A published sum, in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    algorithm: Algorithm,
    digits: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    /// Tells damage, and no more than that.
    Md5,
    Sha256,
}

impl Sum {
    pub const fn md5(digits: &'static str) -> Self {
        Self { algorithm: Algorithm::Md5, digits }
    }

    pub const fn sha256(digits: &'static str) -> Self {
        Self { algorithm: Algorithm::Sha256, digits }
    }

    pub fn name(self) -> &'static str {
        match self.algorithm {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    pub fn digits(self) -> &'static str {
        self.digits
    }

    #[cfg(test)]
    pub fn is_whole(self) -> bool {
        let length = if self.algorithm == Algorithm::Md5 { 32 } else { 64 };
        let small = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
        self.digits.len() == length && self.digits.bytes().all(small)
    }

    /// The same sum of a file.
    pub fn of(self, path: &Path) -> std::io::Result<String> {
        match self.algorithm {
            Algorithm::Md5 => files::file_digest::<Md5>(path),
            Algorithm::Sha256 => files::file_digest::<Sha256>(path),
        }
    }

    /// Whether a file has this sum; the words are for a message.
    pub fn check(self, path: &Path) -> Result<(), String> {
        let found = self.of(path).map_err(|error| error.to_string())?;
        if found == self.digits {
            return Ok(());
        }
        Err(format!("its {} is {found}, not {} as published", self.name(), self.digits))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_other_programs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        Sum::md5("900150983cd24fb0d6963f7d28e17f72").check(&path).unwrap();
        let sha256 =
            Sum::sha256("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        sha256.check(&path).unwrap();
        std::fs::write(&path, "abd").unwrap();
        let words = sha256.check(&path).unwrap_err();
        assert!(words.contains("SHA-256 is") && words.contains("not ba7816bf"), "{words}");
    }
}
