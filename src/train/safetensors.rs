//! The safetensors format: a header in JSON, then the numbers. Written here, and not by tch, for its metadata, for a
//! checksum, and for errors that say what is wrong with a file.
//!
//! <https://github.com/huggingface/safetensors#format>

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};
use tch::{Kind, Tensor};

use crate::{Error, Result};

const CHECKSUM: &str = "checksum";
const KINDS: [(Kind, &str); 8] = [
    (Kind::Double, "F64"),
    (Kind::Int64, "I64"),
    (Kind::Float, "F32"),
    (Kind::Int, "I32"),
    (Kind::Half, "F16"),
    (Kind::BFloat16, "BF16"),
    (Kind::Uint8, "U8"),
    (Kind::Bool, "BOOL"),
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

/// Reads a file. Nothing of it is used where any of it is wrong.
pub(super) fn read(path: &Path) -> Result<Contents> {
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    decode(&bytes).map_err(|problem| Error::malformed(path, None, problem))
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

fn encode(contents: &Contents) -> Result<Vec<u8>> {
    let mut entries: Vec<(&String, &Tensor)> = contents.tensors.iter().collect();
    // Wide numbers first, so that each lies at a multiple of its width.
    entries.sort_by_key(|(_, tensor)| std::cmp::Reverse(tensor.kind().elt_size_in_bytes()));
    let mut header = Map::new();
    let mut data: Vec<u8> = Vec::new();
    for (name, tensor) in entries {
        let kind = tensor.f_kind()?;
        let Some((_, dtype)) = KINDS.iter().find(|(known, _)| *known == kind) else {
            return Err(Error::invalid(
                format!("tensor `{name}`"),
                format!("{kind:?} cannot be written"),
            ));
        };
        let start = data.len();
        data.resize(start + tensor.numel() * kind.elt_size_in_bytes(), 0);
        tensor
            .detach()
            .to_device(tch::Device::Cpu)
            .f_contiguous()?
            .f_copy_data_u8(&mut data[start..], tensor.numel())?;
        let entry =
            json!({ "dtype": dtype, "shape": tensor.size(), "data_offsets": [start, data.len()] });
        header.insert(name.clone(), entry);
    }
    let mut words: Map<String, Value> =
        contents.words.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    words.insert(CHECKSUM.into(), json!(format!("{:016x}", checksum(&data))));
    header.insert("__metadata__".into(), Value::Object(words));
    let mut text = Value::Object(header).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text);
    bytes.extend(data);
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Result<Contents, String> {
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| {
        format!(
            "a safetensors file begins with 8 bytes of length; this one has {} bytes",
            bytes.len()
        )
    })?;
    let length = u64::from_le_bytes(*length);
    let cut = || {
        format!(
            "its header should have {length} bytes, of which {} are there; it is cut short or no safetensors file",
            rest.len()
        )
    };
    let length =
        usize::try_from(length).ok().filter(|&length| length <= rest.len()).ok_or_else(cut)?;
    let (text, data) = rest.split_at(length);
    let header: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| format!("its header is no JSON: {error}"))?;
    let mut contents = Contents::default();
    let mut used = 0;
    for (name, entry) in &header {
        if name == "__metadata__" {
            let words = entry.as_object().into_iter().flatten();
            let words =
                words.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
            contents.words = words.collect();
            continue;
        }
        let (tensor, end) =
            tensor(entry, data).map_err(|problem| format!("tensor `{name}` {problem}"))?;
        used = used.max(end);
        contents.tensors.insert(name.clone(), tensor);
    }
    if used != data.len() {
        return Err(format!(
            "its header tells of {used} bytes of numbers, and {} are there",
            data.len()
        ));
    }
    match contents.words.remove(CHECKSUM) {
        Some(sum) if sum != format!("{:016x}", checksum(data)) => {
            Err("its numbers do not give the checksum in its header; it was changed or damaged"
                .into())
        }
        _ => Ok(contents),
    }
}

/// A tensor from its entry in the header, and where its bytes end.
fn tensor(entry: &Value, data: &[u8]) -> Result<(Tensor, usize), String> {
    let dtype = entry["dtype"].as_str().unwrap_or("none");
    let known = KINDS.iter().find(|(_, name)| *name == dtype);
    let (kind, _) = known.ok_or_else(|| format!("has the unknown dtype `{dtype}`"))?;
    let shape: Option<Vec<i64>> = entry["shape"].as_array().and_then(|sides| {
        sides.iter().map(|side| side.as_i64().filter(|&side| side >= 0)).collect()
    });
    let shape = shape.ok_or("has no shape")?;
    let offset = |place: usize| {
        entry["data_offsets"][place].as_u64().and_then(|at| usize::try_from(at).ok())
    };
    let (start, end) = offset(0).zip(offset(1)).ok_or("has no data_offsets")?;
    let bytes = data.get(start..end).ok_or_else(|| {
        format!("should lie at bytes {start} to {end} of {}: the file is cut short", data.len())
    })?;
    let sides = shape.iter().map(|&side| side as usize);
    let wanted = sides.chain([kind.elt_size_in_bytes()]).try_fold(1_usize, usize::checked_mul);
    if wanted != Some(bytes.len()) {
        return Err(format!(
            "of shape {shape:?} and dtype {dtype} does not fit its {} bytes",
            bytes.len()
        ));
    }
    let tensor =
        Tensor::f_from_data_size(bytes, &shape, *kind).map_err(|error| error.to_string())?;
    Ok((tensor, end))
}

/// FNV-1a over words of eight bytes (Fowler, Noll and Vo), the last filled with zeros.
fn checksum(data: &[u8]) -> u64 {
    let step = |sum: u64, word: [u8; 8]| {
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01B3)
    };
    let (words, rest) = data.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let sum = words.iter().fold(0xCBF2_9CE4_8422_2325, |sum, word| step(sum, *word));
    step(sum, last) ^ data.len() as u64
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
            contents.tensors.insert(format!("a.{name}"), tensor);
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
        let after = read(&path).unwrap();
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
        assert!(problem(b"").contains("begins with 8 bytes"));
        assert!(problem(b"PK\x03\x04 a zip file").contains("no safetensors file"));
        assert!(problem(&bytes[..100]).contains("cut short"));
        assert!(problem(&bytes[..bytes.len() - 1]).contains("cut short"));
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(problem(&longer).contains("are there"));
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(problem(&changed).contains("checksum"));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("\"F16\""));
        let mut other = bytes.clone();
        let at = bytes.windows(5).position(|window| window == b"\"F16\"").unwrap();
        other[at + 1] = b'X';
        assert!(problem(&other).contains("unknown dtype"));
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
