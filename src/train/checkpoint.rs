//! The state of a training, in a file that survives whatever happens to the process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::history::History;
use super::optimizer::Optimizer;
use super::run::Run;
use super::safetensors::{self, Contents};
use super::snapshot::Snapshot;
use crate::{Error, Result};

/// Something whose state a checkpoint holds: weights, an optimiser, a loop over epochs.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::State;
///
/// let store = tch::nn::VarStore::new(Device::Cpu);
/// let _center = store.root().zeros("center", &[2]);
/// assert_eq!(store.state()?[0].0, "center");
/// # Ok::<(), latentlab::Error>(())
/// ```
pub trait State {
    /// The state, as tensors by name.
    ///
    /// # Errors
    /// [`Error::Torch`] where there is too little memory for copies.
    fn state(&self) -> Result<Vec<(String, Tensor)>>;

    /// Takes up a state whose names, shapes and kinds are those of the present one.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device has too little memory.
    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()>;

    /// What is wrong with a state, in words; none where it fits.
    fn misfit(&self, state: &BTreeMap<String, Tensor>) -> Result<Option<String>> {
        let mine = self.state()?;
        for (name, tensor) in &mine {
            let Some(other) = state.get(name) else {
                return Ok(Some(format!("has no `{name}`")));
            };
            if other.size() != tensor.size() || other.kind() != tensor.kind() {
                let kinds = [tensor, other]
                    .map(|tensor| format!("{:?} {:?}", tensor.kind(), tensor.size()));
                return Ok(Some(format!(
                    "has `{name}` as {}, where {} is needed",
                    kinds[1], kinds[0]
                )));
            }
        }
        let extra = state.keys().find(|name| !mine.iter().any(|(known, _)| known == *name));
        Ok(extra.map(|name| format!("has `{name}`, which is unknown here")))
    }
}

impl State for VarStore {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        Ok(Snapshot::take(self)?.values.into_iter().collect())
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let values = state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        Snapshot { values: values.collect() }.restore(self)
    }
}

impl State for Optimizer {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        self.moments()
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        self.set_moments(state)
    }
}

impl State for Run {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        let whole = |number: u64| Tensor::from(number as i64);
        let plan = &self.plan;
        let mut state = vec![
            ("epochs_done".to_owned(), whole(self.history.epochs().len() as u64)),
            ("seed".to_owned(), whole(plan.seed)),
            ("batch_size".to_owned(), whole(plan.batch_size as u64)),
            ("batches".to_owned(), whole(self.batches as u64)),
            ("examples".to_owned(), whole(self.data.len() as u64)),
        ];
        for (name, values) in self.history.numbers() {
            state.push((format!("history.{name}"), Tensor::f_from_slice(&values)?));
        }
        Ok(state)
    }

    /// What the numbers of a run depend on must be equal; the epochs done and the history are what differs.
    fn misfit(&self, state: &BTreeMap<String, Tensor>) -> Result<Option<String>> {
        for (name, mine) in self.state()?.iter().filter(|(name, _)| !name.starts_with("history.")) {
            let value = |tensor: &Tensor| tensor.f_int64_value(&[]);
            let Some(other) =
                state.get(name).filter(|other| other.numel() == 1 && other.kind() == Kind::Int64)
            else {
                return Ok(Some(format!("has no `{name}`")));
            };
            let (mine, other) = (value(mine)?, value(other)?);
            if name != "epochs_done" && mine != other {
                return Ok(Some(format!(
                    "is of a run with {} {other}; this one has {mine}",
                    name.replace('_', " ")
                )));
            }
        }
        Ok(None)
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let done =
            state.get("epochs_done").map_or(0, |tensor| tensor.int64_value(&[])).max(0) as usize;
        let mut numbers = BTreeMap::new();
        for (name, tensor) in state {
            if let Some(name) = name.strip_prefix("history.") {
                numbers.insert(
                    name.to_owned(),
                    Vec::<f64>::try_from(tensor.f_to_kind(Kind::Double)?)?,
                );
            }
        }
        self.resume(History::from_numbers(&self.plan.title, done, numbers));
        Ok(())
    }
}

/// A checkpoint that was read, and not yet taken up.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Checkpoint, write_checkpoint};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("center.safetensors");
/// let mut store = tch::nn::VarStore::new(Device::Cpu);
/// let center = store.root().zeros("center", &[2]);
/// write_checkpoint(&path, "Center", &[("model", &store)])?;
/// tch::no_grad(|| center.shallow_clone().fill_(7.0));
/// Checkpoint::read(&path)?.restore("Center", &mut [("model", &mut store)])?;
/// assert_eq!(center.double_value(&[0]), 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    parts: BTreeMap<String, BTreeMap<String, Tensor>>,
    words: BTreeMap<String, String>,
}

/// Writes the states of several things under names of your choice, aside first, so that an older checkpoint is there
/// until the new one is whole. A safetensors file: Python reads it by `safetensors.torch.load_file`, with names such as
/// `model.encoder.weight`.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written: a full disk, say. The older file is then still there.
///
/// # Example
/// See [`Checkpoint`].
pub fn write_checkpoint(
    path: impl AsRef<Path>,
    name: &str,
    parts: &[(&str, &dyn State)],
) -> Result<()> {
    let words = BTreeMap::from([("name".to_owned(), name.to_owned())]);
    write(path.as_ref(), words, parts)
}

pub(super) fn write(
    path: &Path,
    mut words: BTreeMap<String, String>,
    parts: &[(&str, &dyn State)],
) -> Result<()> {
    let mut contents = Contents::default();
    for (part, state) in parts {
        for (name, tensor) in state.state()? {
            contents.tensors.insert(format!("{part}.{name}"), tensor);
        }
    }
    words.insert("format".into(), "latentlab checkpoint 1".into());
    contents.words = words;
    safetensors::write(path, &contents)
}

impl Checkpoint {
    /// Reads a file that [`write_checkpoint`] or a [`Trainer`](super::Trainer) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Malformed`] where it is cut short, damaged, or of another format.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::Checkpoint::read("/nowhere/model.safetensors").is_err());
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        Self::from_bytes(path, &bytes)
    }

    /// A checkpoint from the bytes of a file; errors name the path.
    pub(crate) fn from_bytes(path: impl AsRef<Path>, bytes: &[u8]) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let Contents { tensors, words } =
            safetensors::decode(bytes).map_err(|problem| Error::malformed(&path, None, problem))?;
        let mut parts: BTreeMap<String, BTreeMap<String, Tensor>> = BTreeMap::new();
        for (name, tensor) in tensors {
            let (part, rest) = name.split_once('.').unwrap_or(("", &name));
            parts.entry(part.to_owned()).or_default().insert(rest.to_owned(), tensor);
        }
        Ok(Self { path, parts, words })
    }

    /// The name that it was written under.
    ///
    /// # Example
    /// See [`Checkpoint`].
    pub fn name(&self) -> &str {
        self.words.get("name").map_or("", String::as_str)
    }

    /// Gives the states back, all of them or, where anything does not fit, none.
    ///
    /// # Errors
    /// [`Error::Malformed`] where the checkpoint was written under another name, or where a part is missing or has other
    /// names, shapes or kinds.
    ///
    /// # Example
    /// See [`Checkpoint`].
    pub fn restore(&self, name: &str, parts: &mut [(&str, &mut dyn State)]) -> Result<()> {
        if self.name() != name {
            return Err(self.problem(format!("it is of `{}`, and `{name}` is needed", self.name())));
        }
        for (part, state) in parts.iter() {
            if let Some(misfit) = state.misfit(self.part(part)?)? {
                return Err(self.problem(format!("its part `{part}` {misfit}")));
            }
        }
        for (part, state) in parts.iter_mut() {
            state.set_state(self.part(part)?)?;
        }
        Ok(())
    }

    /// A word that was written with it must be what it is now.
    pub(super) fn expect(&self, key: &str, value: &str) -> Result<()> {
        match self.words.get(key).map(String::as_str) {
            Some(known) if known == value => Ok(()),
            known => Err(self.problem(format!(
                "it was written with {key} {}, and now it is {value}",
                known.unwrap_or("unknown")
            ))),
        }
    }

    pub(super) fn part(&self, name: &str) -> Result<&BTreeMap<String, Tensor>> {
        self.parts.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.parts.keys().map(String::as_str).collect();
            self.problem(format!("it has no part `{name}`, only {}", known.join(", ")))
        })
    }

    pub(super) fn word(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    fn problem(&self, problem: String) -> Error {
        Error::malformed(&self.path, None, problem)
    }
}
