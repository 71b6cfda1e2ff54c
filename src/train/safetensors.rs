//! Tensors and words in a safetensors file (<https://github.com/huggingface/safetensors#format>), with a checksum that
//! the format itself lacks.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, View, serialize};
use tch::{Kind, Tensor};

use crate::{Error, Result};

const CHECKSUM: &str = "checksum";
const KINDS: [(Kind, Dtype); 8] = [
    (Kind::Double, Dtype::F64),
    (Kind::Int64, Dtype::I64),
    (Kind::Float, Dtype::F32),
    (Kind::Int, Dtype::I32),
    (Kind::Half, Dtype::F16),
    (Kind::BFloat16, Dtype::BF16),
    (Kind::Uint8, Dtype::U8),
    (Kind::Bool, Dtype::BOOL),
];

/// Tensors by name, and words about them.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) tensors: BTreeMap<String, Tensor>,
    pub(super) words: BTreeMap<String, String>,
}

/// Writes a file aside and renames it: whatever goes wrong, an older file of that name stays as it was.
pub(super) fn write(path: &Path, contents: &Contents) -> Result<()> {
    let bytes = encode(contents)?;
    replace(path, |file| file.write_all(&bytes))
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let aside = path.with_added_extension("part");
    let write = || {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::File::create(&aside)?;
        fill(&mut file)?;
        // Renamed before its bytes are on the disk, a file could be empty after a power cut.
        file.sync_all()?;
        std::fs::rename(&aside, path)
    };
    write().map_err(|source| {
        // Where it cannot be removed either, the first error says more.
        let _left = std::fs::remove_file(&aside);
        Error::io("write", path, source)
    })
}

/// A tensor as the file holds it.
struct Numbers {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Numbers {
    fn new(name: &str, tensor: &Tensor) -> Result<Self> {
        let kind = tensor.f_kind()?;
        let Some((_, dtype)) = KINDS.iter().find(|(known, _)| *known == kind) else {
            return Err(Error::invalid(
                format!("tensor `{name}`"),
                format!("{kind:?} cannot be written"),
            ));
        };
        let mut bytes = vec![0; tensor.numel() * kind.elt_size_in_bytes()];
        let here = tensor.detach().to_device(tch::Device::Cpu).f_contiguous()?;
        here.f_copy_data_u8(&mut bytes, tensor.numel())?;
        let shape = tensor.size().iter().map(|side| *side as usize).collect();
        Ok(Self { dtype: *dtype, shape, bytes })
    }
}

impl View for &Numbers {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn encode(contents: &Contents) -> Result<Vec<u8>> {
    let mut all = BTreeMap::new();
    for (name, tensor) in &contents.tensors {
        all.insert(name.as_str(), Numbers::new(name, tensor)?);
    }
    let sum = checksum(all.iter().map(|(name, numbers)| (*name, numbers.bytes.as_slice())));
    let mut words: HashMap<String, String> = contents.words.clone().into_iter().collect();
    words.insert(CHECKSUM.into(), sum);
    serialize(all.iter(), &Some(words))
        .map_err(|error| Error::invalid("tensors for a file", described(&error)))
}

/// The contents of a file, or what is wrong with it. Nothing of it is used where any of it is wrong.
pub(super) fn decode(bytes: &[u8]) -> Result<Contents, String> {
    let described = |error: SafeTensorError| described(&error);
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(described)?;
    let words = header.metadata().clone().unwrap_or_default();
    let file = SafeTensors::deserialize(bytes).map_err(described)?;
    let mut views = file.tensors();
    views.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut contents = Contents { words: words.into_iter().collect(), ..Contents::default() };
    if let Some(known) = contents.words.remove(CHECKSUM)
        && known != checksum(views.iter().map(|(name, view)| (name.as_str(), view.data())))
    {
        return Err(
            "it does not give the checksum that it was written with; it was changed or damaged"
                .into(),
        );
    }
    for (name, view) in views {
        let tensor = tensor(&view).map_err(|problem| format!("tensor `{name}`: {problem}"))?;
        contents.tensors.insert(name, tensor);
    }
    Ok(contents)
}

fn tensor(view: &TensorView) -> Result<Tensor, String> {
    let known = KINDS.iter().find(|(_, dtype)| *dtype == view.dtype());
    let (kind, _) = known.ok_or_else(|| format!("numbers of type {:?}", view.dtype()))?;
    let shape: Vec<i64> = view.shape().iter().map(|side| *side as i64).collect();
    Tensor::f_from_data_size(view.data(), &shape, *kind).map_err(|error| error.to_string())
}

/// The CRC-32 of all names and numbers, in the order of the names.
fn checksum<'a>(tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut sum = crc32fast::Hasher::new();
    for (name, bytes) in tensors {
        sum.update(name.as_bytes());
        sum.update(bytes);
    }
    format!("{:08x}", sum.finalize())
}

/// What is wrong with a file, in words that name it.
fn described(error: &SafeTensorError) -> String {
    use SafeTensorError as Problem;
    match error {
        Problem::HeaderTooSmall
        | Problem::InvalidHeaderLength
        | Problem::MetadataIncompleteBuffer => {
            "it is cut short, longer than its header says, or no safetensors file".into()
        }
        Problem::HeaderTooLarge | Problem::InvalidHeaderStart | Problem::InvalidHeader => {
            "it is no safetensors file: there is no header where one should begin".into()
        }
        Problem::InvalidHeaderDeserialization => {
            "its header is not that of a safetensors file, or tells of an unknown type of numbers"
                .into()
        }
        Problem::InvalidOffset(name) => format!("tensor `{name}` lies outside the file"),
        other => format!("its header is wrong: {other}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contents() -> Contents {
        let mut contents = Contents::default();
        for (kind, name) in KINDS {
            let tensor = Tensor::from_slice(&[0_i64, 1, 1, 0, 1, 1]).view([2, 3]).to_kind(kind);
            contents.tensors.insert(format!("a.{name:?}"), tensor);
        }
        contents
            .tensors
            .insert("empty".into(), Tensor::zeros([0, 4], (Kind::Float, tch::Device::Cpu)));
        contents.tensors.insert("number".into(), Tensor::from(f64::MIN_POSITIVE));
        let turned = Tensor::arange(12, (Kind::Float, tch::Device::Cpu)).view([3, 4]).tr();
        contents.tensors.insert("turned".into(), turned);
        contents.words.insert("model".into(), "a \"name\" – with ü".into());
        contents
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.safetensors");
        write(&path, &contents()).unwrap();
        let after = decode(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(after.words, contents().words);
        assert_eq!(after.tensors.len(), contents().tensors.len());
        for (name, before) in contents().tensors {
            assert_eq!(after.tensors[&name], before, "{name}");
            assert_eq!(after.tensors[&name].kind(), before.kind());
        }
        // tch's own reader, which is that of the crate by the format's authors, agrees.
        let theirs = Tensor::read_safetensors(&path).unwrap();
        assert_eq!(theirs.len(), after.tensors.len());
        for (name, tensor) in theirs {
            assert_eq!(tensor, after.tensors[&name]);
        }
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.safetensors");
        write(&path, &contents()).unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = replace(&path, |file| {
            file.write_all(b"half of it")?;
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        });
        assert!(error.unwrap_err().to_string().starts_with("cannot write"));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn damage_is_named() {
        let bytes = encode(&contents()).unwrap();
        let problem = |bytes: &[u8]| decode(bytes).unwrap_err();
        assert!(problem(b"").contains("cut short"));
        assert!(problem(b"PK\x03\x04 a zip file").contains("no safetensors file"));
        assert!(problem(&bytes[..100]).contains("cut short"));
        assert!(problem(&bytes[..bytes.len() - 1]).contains("cut short"));
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(problem(&longer).contains("longer than its header says"));
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(problem(&changed).contains("checksum"));
        let replaced = |from: &[u8], to: u8| {
            let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
            let mut other = bytes.clone();
            other[at + 1] = to;
            other
        };
        assert!(problem(&replaced(b"\"F16\"", b'X')).contains("unknown type of numbers"));
        assert!(problem(&replaced(b"\"a.F16\"", b'b')).contains("checksum"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_damage_is_taken_for_a_file(at in 0.0..1.0_f64, change in 1_u8..=255, cut in proptest::bool::ANY) {
            let mut bytes = encode(&contents()).unwrap();
            let at = (at * bytes.len() as f64) as usize;
            if cut {
                bytes.truncate(at);
                prop_assert!(decode(&bytes).is_err());
            } else {
                bytes[at] ^= change;
                // In the header a change may give another valid name or word; it must never panic, and never pass
                // unseen where numbers are concerned.
                let length = u64::from_le_bytes(*encode(&contents()).unwrap().first_chunk().unwrap()) as usize + 8;
                let outcome = decode(&bytes);
                prop_assert!(at < length || outcome.is_err());
            }
        }
    }
}
