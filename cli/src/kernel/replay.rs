//! Compiling a cell again without cargo.
//!
//! evcxr builds each cell with cargo, two or three times, and each time cargo looks whether any of some
//! two hundred crates has changed. While the cells' manifest stays what it is, nothing has: the compiler
//! is then called with the arguments that cargo gave it the last time, and its report is put into the
//! words that cargo would use.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::{Failure, Result};
use crate::files::{self, ContentHash};
use crate::process;

use super::interrupt::{INTERRUPT_VARIABLE, Interrupt};

/// What cargo and evcxr set for every build; they are either part of the key or of no effect on it.
const ALWAYS_SET: [&str; 6] = [
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "RUSTC",
    "RUSTFLAGS",
    "EVCXR_CORE_EXTERN",
    "EVCXR_EXECUTION_SO_PATH",
];
/// cargo's exit code for a crate that does not compile.
pub const FAILED: u8 = 101;
/// What a call for errors alone leaves behind.
const EMIT_CHECK: &str = "--emit=metadata";
/// How evcxr's lines begin that keep a variable for later cells.
const KEEPING: &str = "evcxr_variable_store.put_variable";
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// A call of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// For which manifest, arguments and variables it is good.
    pub key: String,
    pub rustc: PathBuf,
    pub arguments: Vec<String>,
    pub variables: BTreeMap<String, String>,
}

impl Record {
    /// The present call; nothing if it cannot be written as text.
    pub fn of(key: String, rustc: &Path, arguments: &[OsString]) -> Option<Self> {
        let arguments = arguments
            .iter()
            .map(|argument| argument.to_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()?;
        let variables = std::env::vars().filter(|(name, _)| is_for_the_compiler(name)).collect();
        Some(Self { key, rustc: rustc.to_owned(), arguments, variables })
    }

    pub fn load(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    pub fn save(&self, path: &Path) -> Result<()> {
        let content = serde_json::to_vec(self)
            .map_err(|error| Failure::setup(format!("a build cannot be written down: {error}")))?;
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        files::write_private(path, &content)
    }

    /// Whether what it reads and where it writes are there. `cargo clean`, by which evcxr begins anew, takes
    /// both away.
    pub fn stands(&self) -> bool {
        self.arguments.windows(2).all(|pair| match pair[0].as_str() {
            "--extern" => pair[1].split_once('=').is_none_or(|(_, path)| Path::new(path).is_file()),
            "--out-dir" => Path::new(&pair[1]).is_dir(),
            _ => true,
        })
    }

    /// The same call that only looks for errors. cargo would first look through all dependencies once more in
    /// that way, which takes a minute.
    pub fn as_check(&self) -> Self {
        let is_link = |argument: &&mut String| argument.starts_with("--emit=");
        let mut check = self.clone();
        check
            .arguments
            .iter_mut()
            .filter(is_link)
            .for_each(|argument| *argument = EMIT_CHECK.into());
        check
    }

    fn is_check(&self) -> bool {
        self.arguments.iter().any(|argument| argument == EMIT_CHECK)
    }

    /// The same call in another place.
    pub fn moved(&self, from: &Path, to: &Path, key: String) -> Option<Self> {
        let (from, to) = (from.to_str()?, to.to_str()?);
        let moved = |text: &String| text.replace(from, to);
        Some(Self {
            key,
            rustc: self.rustc.clone(),
            arguments: self.arguments.iter().map(moved).collect(),
            variables: self
                .variables
                .iter()
                .map(|(name, value)| (name.clone(), moved(value)))
                .collect(),
        })
    }
}

/// Whether cargo means a variable for the compiler of a cell. Its others are not for keeping: the tokens of a
/// user's registries, and pipes that are open as long as that cargo runs.
fn is_for_the_compiler(name: &str) -> bool {
    const EXACT: [&str; 4] =
        ["CARGO", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    EXACT.contains(&name)
        || name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || name.ends_with("LD_LIBRARY_PATH")
}

/// What a call stands or falls with.
pub fn key(
    manifest: &str,
    arguments: &[OsString],
    flags: &str,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> String {
    let mut hash = ContentHash::default();
    hash.add("manifest", manifest.as_bytes());
    for argument in arguments {
        hash.add("argument", argument.as_encoded_bytes());
    }
    hash.add("flags", flags.as_bytes());
    let variables: BTreeMap<OsString, OsString> = variables
        .into_iter()
        .filter(|(name, _)| !ALWAYS_SET.iter().any(|known| name == known))
        .collect();
    for (name, value) in variables {
        hash.add("name", name.as_encoded_bytes());
        hash.add("value", value.as_encoded_bytes());
    }
    hash.finish()
}

/// Compiles the cell as recorded, and answers as cargo does.
pub fn run(record: &Record) -> Result<ExitCode> {
    let mut command = Command::new(&record.rustc);
    command
        .args(&record.arguments)
        .envs(&record.variables)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut compiler =
        command.spawn().map_err(|error| Failure::io("start", &record.rustc, &error))?;
    let mut library = None;
    let mut answer = std::io::BufWriter::new(std::io::stdout().lock());
    if let Some(report) = compiler.stderr.take() {
        let compiler = Watched::new(compiler);
        for line in BufReader::new(report).lines().map_while(std::result::Result::ok) {
            match said(&line) {
                Said::Message(message) => writeln!(answer, "{message}").map_err(unheard)?,
                Said::Library(path) => library = Some(path),
                Said::Words => eprintln!("{line}"),
            }
        }
        if !compiler.wait()? {
            answer.flush().map_err(unheard)?;
            return Ok(ExitCode::from(FAILED));
        }
    }
    if record.is_check() {
        answer.flush().map_err(unheard)?;
        return Ok(ExitCode::SUCCESS);
    }
    let library = library.ok_or_else(|| Failure::setup("the compiler names no library"))?;
    let library = plainly_named(Path::new(&library))?;
    let artifact = json!({
        "reason": "compiler-artifact", "target": { "name": "ctx" }, "filenames": [library]
    });
    writeln!(answer, "{artifact}").and_then(|()| answer.flush()).map_err(unheard)?;
    Ok(ExitCode::SUCCESS)
}

/// evcxr looks for the name without cargo's hash, which cargo gives to the finished library.
fn plainly_named(library: &Path) -> Result<PathBuf> {
    let extension = library.extension().unwrap_or_default();
    let plain = library.with_file_name("libctx").with_added_extension(extension);
    std::fs::rename(library, &plain).map_err(|error| Failure::io("write", &plain, &error))?;
    Ok(plain)
}

fn unheard(error: std::io::Error) -> Failure {
    Failure::setup(format!("nobody listens to the compiler: {error}"))
}

enum Said {
    /// In cargo's words.
    Message(Value),
    Library(String),
    /// Neither; for a person.
    Words,
}

fn said(line: &str) -> Said {
    let Ok(mut message) = serde_json::from_str::<Value>(line) else { return Said::Words };
    leave_out_where_a_variable_went(&mut message);
    if message["emit"] == "link"
        && let Some(path) = message["artifact"].as_str()
    {
        return Said::Library(path.to_owned());
    }
    if message["rendered"].is_null() {
        // Other notifications: dependencies, what may be refused in the future.
        return Said::Message(json!({ "reason": "notification" }));
    }
    let target = json!({ "name": "ctx", "kind": ["cdylib"] });
    Said::Message(json!({ "reason": "compiler-message", "target": target, "message": message }))
}

/// Where a cell uses a variable up, evcxr's line that would keep the variable is wrong, and evcxr mends that. But the
/// compiler also points at the place where the variable went: in the last line of a cell evcxr would take that for a value
/// that cannot be shown, and write it out as Rust prints it instead.
fn leave_out_where_a_variable_went(message: &mut Value) {
    let keeps = |span: &Value| {
        span["is_primary"] == true
            && span["text"][0]["text"].as_str().is_some_and(|line| line.contains(KEEPING))
    };
    if message["code"]["code"] != "E0382" {
        return;
    }
    let Some(spans) = message["spans"].as_array_mut() else { return };
    if spans.iter().any(keeps) {
        spans.retain(keeps);
        message["children"] = json!([]);
    }
}

/// A compiler that is ended when the user presses stop.
pub struct Watched {
    compiler: std::sync::Arc<std::sync::Mutex<Child>>,
    interrupt: Option<Interrupt>,
}

impl Watched {
    pub fn new(compiler: Child) -> Self {
        let compiler = std::sync::Arc::new(std::sync::Mutex::new(compiler));
        let path = std::env::var_os(INTERRUPT_VARIABLE).map(PathBuf::from);
        let interrupt = path.map(|path| Interrupt::at(&path));
        if let Some(interrupt) = interrupt.clone() {
            let compiler = std::sync::Arc::downgrade(&compiler);
            std::thread::spawn(move || {
                while let Some(compiler) = compiler.upgrade() {
                    if interrupt.is_asked()
                        && let Ok(mut compiler) = compiler.lock()
                    {
                        interrupt.hear();
                        process::kill_tree(&mut compiler);
                        return;
                    }
                    drop(compiler);
                    std::thread::sleep(LOOK_INTERVAL);
                }
            });
        }
        Self { compiler, interrupt }
    }

    /// Whether it ended well, and nobody asked it to stop.
    pub fn wait(&self) -> Result<bool> {
        let status = loop {
            // The lock is held for a moment only, so that the watcher can have it.
            let ended = match self.compiler.lock() {
                Ok(mut compiler) => compiler.try_wait(),
                Err(_) => return Ok(false),
            };
            match ended {
                Ok(Some(status)) => break status,
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                Err(error) => {
                    return Err(Failure::setup(format!("the compiler was lost: {error}")));
                }
            }
        };
        if let Some(interrupt) = self.interrupt.as_ref().filter(|interrupt| interrupt.is_asked()) {
            interrupt.hear();
            eprintln!("interrupted");
            return Ok(false);
        }
        Ok(status.success())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(rustc: &str) -> Record {
        Record {
            key: "k".into(),
            rustc: PathBuf::from(rustc),
            arguments: vec!["--out-dir".into(), "/warm/debug/deps".into()],
            variables: [("CARGO_MANIFEST_DIR".to_owned(), "/warm/crate".to_owned())].into(),
        }
    }

    #[test]
    fn a_record_survives_and_moves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        let record = record("/bin/rustc");
        record.save(&path).unwrap();
        assert_eq!(Record::load(&path), Some(record.clone()));
        let moved = record.moved(Path::new("/warm"), Path::new("/k/1"), "other".into()).unwrap();
        assert_eq!(moved.arguments[1], "/k/1/debug/deps");
        assert_eq!(moved.variables["CARGO_MANIFEST_DIR"], "/k/1/crate");
        assert_eq!(moved.key, "other");
        std::fs::write(&path, "{").unwrap();
        assert_eq!(Record::load(&path), None);
    }

    #[test]
    fn a_check_makes_no_library() {
        let mut record = record("/bin/rustc");
        record.arguments.push("--emit=dep-info,link".into());
        let check = record.as_check();
        assert!(check.is_check() && !record.is_check());
        assert_eq!(check.arguments.last().unwrap(), "--emit=metadata");
        assert_eq!(check.arguments.len(), record.arguments.len());
    }

    #[test]
    fn a_record_stands_while_its_files_do() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("liblatentlab.rlib");
        std::fs::write(&library, "").unwrap();
        let arguments = |out: &Path| {
            let library = format!("latentlab={}", library.display());
            let words = ["--extern", "core", "--extern", &library, "--out-dir"];
            let words = words.map(str::to_owned).into_iter();
            words.chain([out.display().to_string()]).collect::<Vec<_>>()
        };
        let of = |out: &Path| Record { arguments: arguments(out), ..record("/bin/rustc") };
        assert!(of(folder.path()).stands());
        assert!(!of(&folder.path().join("none")).stands());
        std::fs::remove_file(&library).unwrap();
        assert!(!of(folder.path()).stands());
    }

    #[test]
    fn secrets_and_pipes_of_cargo_are_not_written_down() {
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "LD_LIBRARY_PATH"] {
            assert!(is_for_the_compiler(name), "{name}");
        }
        for name in ["CARGO_REGISTRY_TOKEN", "CARGO_MAKEFLAGS", "CARGO_HOME", "PATH"] {
            assert!(!is_for_the_compiler(name), "{name}");
        }
    }

    #[test]
    fn everything_that_matters_is_in_the_key() {
        let variables = |text: &str| {
            text.split(' ')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.into(), value.into()))
                .collect::<Vec<(OsString, OsString)>>()
        };
        let build = [OsString::from("build")];
        let base = key("[package]", &build, "-C a", variables("A=1 B=2"));
        assert_eq!(base, key("[package]", &build, "-C a", variables("B=2 A=1 RUSTC=/x")));
        assert_ne!(base, key("[package]\n", &build, "-C a", variables("A=1 B=2")));
        assert_ne!(base, key("[package]", &[], "-C a", variables("A=1 B=2")));
        assert_ne!(base, key("[package]", &build, "-C b", variables("A=1 B=2")));
        assert_ne!(base, key("[package]", &build, "-C a", variables("A=1 B=3")));
    }

    #[test]
    fn the_compilers_report_is_put_into_cargos_words() {
        let line = r#"{"$message_type":"diagnostic","message":"no","rendered":"error: no"}"#;
        let Said::Message(message) = said(line) else { panic!("no message") };
        assert_eq!(message["reason"], "compiler-message");
        assert_eq!(message["message"]["message"], "no");
        let line = r#"{"$message_type":"artifact","artifact":"/d/libctx.so","emit":"link"}"#;
        assert!(matches!(said(line), Said::Library(path) if path == "/d/libctx.so"));
        assert!(matches!(said("ld: warning"), Said::Words));
    }

    #[test]
    fn a_variable_that_is_used_up_in_the_last_line_does_not_spoil_what_is_shown() {
        let span = |is_primary: bool, text: &str| json!({ "is_primary": is_primary, "text": [{ "text": text }] });
        let report = |first: &str| {
            let spans = [span(true, first), span(false, "(&(Chart::new(data)))")];
            let children = [json!({ "spans": [span(true, "data.clone()")] })];
            let code = json!({ "code": "E0382" });
            let line =
                json!({ "rendered": "error", "code": code, "spans": spans, "children": children });
            let Said::Message(message) = said(&line.to_string()) else { panic!("no message") };
            let count = |key: &str| message["message"][key].as_array().map(Vec::len);
            (count("spans"), count("children"))
        };
        let keeping = format!("{KEEPING}::<Vec<f64>>(stringify!(data), data);");
        assert_eq!(report(&keeping), (Some(1), Some(0)));
        // A mistake of the reader's own is told in full.
        assert_eq!(report("let again = data;"), (Some(2), Some(1)));
    }

    #[test]
    fn a_compiler_that_fails_is_told_from_one_that_does_not() {
        for (program, ended_well) in [("true", true), ("false", false)] {
            let watched = Watched::new(Command::new(program).spawn().unwrap());
            assert_eq!(watched.wait().unwrap(), ended_well);
        }
    }
}
