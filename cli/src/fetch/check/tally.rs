//! What photographs an archive or folder holds, by their names.

use std::collections::HashSet;

use crate::fetch::words;

/// More entries than any such archive has.
const MOST_ENTRIES: usize = 100_000;
/// No photograph of this kind has as many bytes.
pub const LARGEST_PICTURE: u64 = 16 << 20;

#[derive(Default)]
pub struct Tally {
    names: HashSet<String>,
    people: HashSet<String>,
    pub photographs: usize,
    others: usize,
    alignment: Option<&'static str>,
}

impl Tally {
    /// Counts an entry and says whether it is a photograph. A second entry of the same name, or one too many, is refused.
    pub fn add(&mut self, path: &str) -> Result<bool, String> {
        if !self.names.insert(path.to_lowercase()) {
            return Err(format!("two entries are called `{path}`"));
        }
        if self.names.len() > MOST_ENTRIES {
            return Err(format!("it has more than {} entries", words::number(MOST_ENTRIES)));
        }
        let Some(person) = person(path) else {
            self.others += 1;
            return Ok(false);
        };
        self.people.insert(person.to_owned());
        self.photographs += 1;
        self.alignment = self.alignment.or_else(|| alignment(path));
        Ok(true)
    }

    /// The name by which the library finds an archive of these, and what they are.
    pub fn name_and_words(&self) -> Result<(String, String), String> {
        if self.photographs == 0 {
            return Err("it holds no photograph named as Person_Name_0001.jpg".into());
        }
        let mut text = format!(
            "{} photographs of {} people",
            words::number(self.photographs),
            words::number(self.people.len())
        );
        if self.others > 0 {
            text += &format!(", {} other files", words::number(self.others));
        }
        match self.alignment {
            Some("lfw-deepfunneled") => {}
            Some("lfw-funneled") => text += ", aligned by funneling without a network",
            Some(_) => text += ", not aligned",
            None => text += "; how they are aligned is not said",
        }
        Ok((format!("{}.zip", self.alignment.unwrap_or("lfw-deepfunneled")), text))
    }
}

/// The person in `folders/Person_Name_0001.jpg`.
fn person(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let (stem, ending) = file.rsplit_once('.')?;
    let is_jpeg = ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg");
    let (person, number) = stem.rsplit_once('_')?;
    let is_named = !person.is_empty() && !stem.starts_with('.') && number.parse::<u32>().is_ok();
    (is_jpeg && is_named).then_some(person)
}

/// How the photographs are aligned, by the folder that they lie in.
fn alignment(path: &str) -> Option<&'static str> {
    path.split('/').find_map(|folder| match folder.replace('_', "-").as_str() {
        "lfw-deepfunneled" => Some("lfw-deepfunneled"),
        "lfw-funneled" => Some("lfw-funneled"),
        "lfw" => Some("lfw"),
        _ => None,
    })
}

/// A relative name without a way out of its folder, in one spelling; an error for any other.
pub fn safe(name: &str) -> Result<String, String> {
    let refused = || Err(format!("the entry `{}` would lie outside", name.escape_debug()));
    if name.starts_with('/') || name.contains(['\\', '\0', ':']) {
        return refused();
    }
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return refused(),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_are_refused() {
        assert_eq!(safe("./lfw//Bo/Bo_0001.jpg").unwrap(), "lfw/Bo/Bo_0001.jpg");
        assert_eq!(safe("a..b/c").unwrap(), "a..b/c");
        for name in ["/a", "../a", "a/../../b", "a/..", "C:/a", "a\\..\\b", "a\0b"] {
            assert!(safe(name).unwrap_err().contains("outside"), "{name:?}");
        }
    }

    #[test]
    fn the_folder_says_the_alignment() {
        let of = |path: &str| {
            let mut tally = Tally::default();
            assert!(tally.add(path).unwrap());
            tally.name_and_words().unwrap()
        };
        assert_eq!(
            of("lfw-deepfunneled/lfw-deepfunneled/Bo/Bo_0001.jpg").0,
            "lfw-deepfunneled.zip"
        );
        assert_eq!(of("lfw_funneled/Bo/Bo_0001.jpg").0, "lfw-funneled.zip");
        assert_eq!(of("lfw/Bo/Bo_0001.jpg").0, "lfw.zip");
        assert!(of("Bo/Bo_0001.jpg").1.contains("is not said"));
    }

    #[test]
    fn what_is_no_photograph_is_counted_apart() {
        let mut tally = Tally::default();
        for other in ["readme.txt", "a/Bo.jpg", "a/_0001.jpg", "a/._Bo_0001.jpg", "a/Bo_1.png"] {
            assert!(!tally.add(other).unwrap(), "{other}");
        }
        assert!(tally.name_and_words().unwrap_err().contains("no photograph"));
        assert!(tally.add("a/Bo_B._0001.JPG").unwrap());
        assert!(tally.add("a/BO_b._0001.jpg").unwrap_err().contains("two entries"));
        let (_, words) = tally.name_and_words().unwrap();
        assert!(words.starts_with("1 photographs of 1 people, 5 other files"), "{words}");
    }
}
