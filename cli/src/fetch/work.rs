//! Getting one item of a data set: from the first place that gives it, checked before it gets its name.

use std::path::Path;

use crate::failure::{Failure, Result, Status};
use crate::files;

use super::catalogue::Item;
use super::client::{Client, Trouble};
use super::download::{Download, Patience};
use super::folder::{self, Folder};
use super::meter::Meter;
use super::part::{self, Part};
use super::source::{Candidate, Origin};
use super::sum::Sum;
use super::{check, encoding, overview, words};

/// What all items of a data set share while they are fetched.
pub struct Work {
    pub folder: Folder,
    pub client: Client,
    pub patience: Patience,
    pub force: bool,
    /// What the one file must have.
    pub sha256: Option<String>,
}

impl Work {
    /// Gets one item, or finds that it is there. False: there is no place to get it from.
    pub fn obtain(&self, item: &Item, candidates: &[Candidate]) -> Result<bool> {
        if let Some(path) = overview::existing(item, self.folder.path()) {
            if !self.force {
                return self.already(item, &path).map(|()| true);
            }
            if path.is_dir() {
                return Err(Failure::usage(format!("{} is a folder", path.display()))
                    .fix("move it away: the library would go on reading it"));
            }
        }
        let mut tried = Vec::new();
        for candidate in candidates {
            let place = candidate.words();
            let note = if candidate.note.is_empty() { "" } else { ": " };
            eprintln!("  … {} from {place}{note}{}", item.what, candidate.note);
            let mut meter = Meter::start(item.target);
            match self.get(item, candidate, &mut meter) {
                Ok(words) => {
                    meter.done(&words);
                    part::sweep(self.folder.path(), item.target);
                    return Ok(true);
                }
                Err(Trouble::Fatal(failure)) => return Err(failure),
                Err(Trouble::Passing { why, .. } | Trouble::Refused(why)) => {
                    meter.failed(&why);
                    tried.push(format!("\n  {place}: {why}"));
                }
            }
        }
        if tried.is_empty() {
            return Ok(false);
        }
        Err(self.exhausted(item, &tried))
    }

    /// Looks whether what is there is sound.
    fn already(&self, item: &Item, path: &Path) -> Result<()> {
        let meter = Meter::start(item.target);
        if path.is_dir() {
            meter.done("already there, as a folder");
            return Ok(());
        }
        meter.working("looking at what is there");
        match check::check(item, path, &self.folder) {
            Ok(sound) => {
                meter.done(&format!("already there: {}", sound.words));
                Ok(())
            }
            Err(Trouble::Fatal(failure)) => Err(failure),
            Err(Trouble::Passing { why, .. } | Trouble::Refused(why)) => Err(Failure::new(
                Status::Findings,
                format!("{} is there, but {why}", path.display()),
            )
            .fix("`--force` fetches it anew and replaces it")),
        }
    }

    fn get(&self, item: &Item, from: &Candidate, meter: &mut Meter) -> Result<String, Trouble> {
        let address = match &from.origin {
            Origin::Path(path) => return self.settle(item, path, None, from.sum, meter),
            Origin::Address(address) => address,
        };
        let mut part = Part::find(self.folder.path(), item.target, address);
        if part.resumable().is_some() {
            meter.note(&format!("going on after {}", words::bytes(part.length())));
        }
        let download = Download {
            client: &self.client,
            patience: self.patience,
            address,
            largest: item.largest,
        };
        let mut again = false;
        loop {
            let pieces = download.run(&mut part, meter)?;
            let unpacked = encoding::undo(&mut part, &self.folder, item.largest);
            let path = part.path().to_owned();
            let settled =
                unpacked.and_then(|()| self.settle(item, &path, Some(&mut part), from.sum, meter));
            match settled {
                Err(Trouble::Refused(why)) => {
                    part.discard();
                    // Bytes of an earlier call may have suffered; those of one piece are what the server has.
                    if !pieces || again {
                        return Err(Trouble::Refused(why));
                    }
                    again = true;
                    meter.note(&format!("{why}; it came in pieces, so once more from the start"));
                }
                settled => return settled,
            }
        }
    }

    /// Checks a file and gives it its name. A part is used up; a file of the reader's own is copied.
    fn settle(
        &self,
        item: &Item,
        path: &Path,
        part: Option<&mut Part>,
        sum: Option<Sum>,
        meter: &Meter,
    ) -> Result<String, Trouble> {
        meter.working("checking");
        if let Some(sum) = sum {
            sum.check(path).map_err(Trouble::Refused)?;
        }
        if let Some(asked) = &self.sha256 {
            let found = files::file_hash(path).unwrap_or_default();
            if found != *asked {
                let why = format!("its SHA-256 is {found}, not {asked} as asked for");
                return Err(Trouble::Refused(why));
            }
        }
        let how = self.published(item, path, sum);
        let sound = check::check(item, path, &self.folder)?;
        let finished = match (sound.made, part) {
            (Some(made), part) => self
                .folder
                .finish(made, &sound.name)
                .map(|()| part.into_iter().for_each(Part::discard)),
            (None, Some(part)) => part.finish(&self.folder, &sound.name),
            (None, None) => self.copy(path, &sound.name),
        };
        finished.map_err(Trouble::Fatal)?;
        let size = std::fs::metadata(self.folder.path().join(&sound.name));
        let size = words::bytes(size.map_or(0, |data| data.len()));
        let how = how.as_deref().unwrap_or(sound.how);
        Ok(format!("{}, {size}; {how}", sound.words))
    }

    /// Which published sum a file has, in words.
    fn published(&self, item: &Item, path: &Path, checked: Option<Sum>) -> Option<String> {
        if path.is_dir() {
            return None;
        }
        let known = item.addresses.iter().filter_map(|address| address.sum);
        let matching = checked.or_else(|| known.into_iter().find(|sum| sum.check(path).is_ok()));
        match (&self.sha256, matching) {
            (_, Some(sum)) => Some(format!("{} as published", sum.name())),
            (Some(_), None) => Some("SHA-256 as asked for".into()),
            (None, None) => None,
        }
    }

    fn copy(&self, path: &Path, name: &str) -> Result<()> {
        let mut aside = self.folder.aside()?;
        let copied = std::fs::File::open(path)
            .and_then(|mut file| std::io::copy(&mut file, aside.as_file_mut()));
        copied.map_err(|error| folder::refused("write", &self.folder.path().join(name), &error))?;
        self.folder.finish(aside, name)
    }

    /// The failure after every place was tried in vain.
    fn exhausted(&self, item: &Item, tried: &[String]) -> Failure {
        let what = format!("the {} could not be fetched. Tried:{}", item.what, tried.concat());
        let later = match part::all(self.folder.path(), item.target).as_slice() {
            [] => "",
            _ => "try again later, what has arrived is kept; or ",
        };
        Failure::new(Status::Findings, what)
            .fix(format!("{later}get {} another way and name it with --from PATH", item.target))
    }
}
