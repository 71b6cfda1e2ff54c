//! A folder of a test's own, the command in it, and a server of the data set.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::common::{self, both};
use crate::material::{attributes, photographs, zip};
use crate::server::{Reply, Request, Server, file, missing};

pub const ZIP: &str = "/lfw-deepfunneled.zip";
pub const TABLE: &str = "/lfw_attributes.txt";
pub const TAG: &str = "\"one\"";

/// A data folder of a test's own.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn lfw(&self, name: &str) -> PathBuf {
        self.0.path().join("data/lfw").join(name)
    }

    /// A folder beside the data.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = common::lab();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .env("LATENTLAB_DATA", self.0.path().join("data"))
            .env("LATENTLAB_CACHE", self.0.path().join("cache"))
            .arg("fetch")
            .args(arguments)
            .stdin(Stdio::null());
        // Long enough for a machine with other work; where nothing comes, a test names its own.
        if !arguments.contains(&"--timeout") {
            command.args(["--timeout", "60"]);
        }
        command.args(["--pause", "0.01", "--retries", "2"]);
        command
    }

    /// What a command says, and its exit code.
    pub fn run(&self, arguments: &[&str]) -> (String, i32) {
        let output = self.command(arguments).output().expect("lab starts");
        (both(&output), output.status.code().unwrap_or(-1))
    }

    /// Fetches from places in the order given; it must succeed.
    pub fn fetched(&self, from: &[&str]) -> String {
        let (said, code) = self.run(&arguments(from));
        assert_eq!(code, 0, "{said}");
        said
    }

    /// The same, which must fail with certain words and leave no file under a final name.
    pub fn refused(&self, from: &[&str], words: &[&str]) -> String {
        let (said, code) = self.run(&arguments(from));
        assert_eq!(code, 1, "{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?} in:\n{said}");
        }
        assert!(!self.lfw("lfw-deepfunneled.zip").exists(), "{said}");
        said
    }

    /// The files of the data set, without the lock.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.lfw("")).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name != ".fetch.lock");
        names.sort();
        names
    }

    /// What has arrived of a file that is not whole.
    pub fn part(&self) -> u64 {
        let part = self.files().into_iter().find(|name| name.ends_with(".part"));
        part.map_or(0, |name| std::fs::metadata(self.lfw(&name)).expect("a part").len())
    }

    pub fn assert_whole(&self) {
        let bytes = std::fs::read(self.lfw("lfw-deepfunneled.zip")).expect("the photographs");
        assert!(bytes == archive(), "the photographs are not those of the server");
        assert_eq!(std::fs::read(self.lfw("lfw_attributes.txt")).expect("the table"), attributes());
        assert_eq!(self.files(), ["lfw-deepfunneled.zip", "lfw_attributes.txt"]);
    }
}

fn arguments<'a>(from: &[&'a str]) -> Vec<&'a str> {
    std::iter::once("lfw").chain(from.iter().flat_map(|place| ["--from", place])).collect()
}

pub fn archive() -> Vec<u8> {
    zip(&photographs())
}

/// A server of both files, with its own way for the photographs.
pub fn lfw(photographs: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request| match request.path.as_str() {
        ZIP => photographs(request),
        TABLE => file(request, &attributes(), TAG),
        _ => missing(),
    })
}
