//! Getting one file from one address: it goes on where it broke off, and tries again what may pass.

use std::io::Read;
use std::time::Duration;

use crate::failure::Failure;
use crate::files;

use super::client::{Answer, Client, Trouble};
use super::folder::DATA_VARIABLE;
use super::meter::Meter;
use super::part::{self, Notes, Part};
use super::words;

/// However much each attempt brings, this many are enough.
const MOST_ATTEMPTS: u32 = 40;
/// Nobody waits longer than this between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How patient a download is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Attempts in a row that bring nothing, beside the first.
    pub retries: u32,
    /// Time before the first of them; doubled each time.
    pub pause: Duration,
}

pub struct Download<'a> {
    pub client: &'a Client,
    pub patience: Patience,
    pub address: &'a str,
    /// More bytes than this are not what is wanted.
    pub largest: u64,
}

impl Download<'_> {
    /// Completes a part, and says whether it came in pieces.
    pub fn run(&self, part: &mut Part, meter: &mut Meter) -> Result<bool, Trouble> {
        let mut in_vain = 0;
        for attempt in 1.. {
            let before = part.length();
            let (why, wait) = match self.attempt(part, meter) {
                Err(Trouble::Passing { why, wait }) => (why, wait),
                ended => return ended,
            };
            in_vain = if part.length() > before { 0 } else { in_vain + 1 };
            if in_vain > self.patience.retries || attempt >= MOST_ATTEMPTS {
                return Err(Trouble::Refused(format!("{why} (after {attempt} attempts)")));
            }
            let doubled = self.patience.pause * 2_u32.pow(in_vain.saturating_sub(1).min(16));
            let wait = wait.unwrap_or(doubled).min(LONGEST_WAIT);
            meter.note(&format!("{why}; trying again in {} s", wait.as_secs_f64()));
            std::thread::sleep(wait);
        }
        unreachable!("the loop returns")
    }

    fn attempt(&self, part: &mut Part, meter: &mut Meter) -> Result<bool, Trouble> {
        let resumed = part.resumable().map(|(place, version)| (place, version.to_owned()));
        let headers = match &resumed {
            Some((place, version)) => {
                vec![("range", format!("bytes={place}-")), ("if-range", version.clone())]
            }
            None => Vec::new(),
        };
        let answer = self.client.get(self.address, &headers)?;
        match (answer.status.as_u16(), &resumed) {
            (200, _) => part.restart(Notes::of(self.address, &answer)).map_err(Trouble::Fatal)?,
            (206, Some((place, version))) => {
                if let Err(why) = continues(&answer, *place, version, part.notes()) {
                    part.discard();
                    return Err(Trouble::passing(why));
                }
            }
            (416, Some((place, _))) => return self.beyond(&answer, *place, part).map(|()| true),
            _ => return Err(refusal(&answer)),
        }
        let pieces = answer.status.as_u16() == 206;
        self.receive(answer, part, meter).map(|()| pieces)
    }

    /// The server has nothing behind what is there: all of it, or another file.
    fn beyond(&self, answer: &Answer, place: u64, part: &mut Part) -> Result<(), Trouble> {
        let range = answer.header("content-range").unwrap_or_default();
        if range.strip_prefix("bytes */").and_then(|whole| whole.parse().ok()) == Some(place) {
            return Ok(());
        }
        part.discard();
        Err(Trouble::passing("the file there is another one by now"))
    }

    fn receive(&self, answer: Answer, part: &mut Part, meter: &mut Meter) -> Result<(), Trouble> {
        let whole = part.notes().and_then(|notes| notes.length);
        self.check_room(whole, part)?;
        let mut file = part.open().map_err(Trouble::Fatal)?;
        let mut body = answer.body;
        let mut block = vec![0; 1 << 16];
        loop {
            let count = match body.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Err(self.client.trouble(error.into())),
            };
            part.add(&mut file, &block[..count]).map_err(Trouble::Fatal)?;
            if part.length() > self.largest {
                part.discard();
                let limit = words::bytes(self.largest);
                return Err(Trouble::Refused(format!("it sends more than {limit}")));
            }
            meter.at(part.length(), whole);
        }
        match whole {
            Some(whole) if part.length() < whole => {
                Err(Trouble::passing("the connection ended before the file did"))
            }
            Some(whole) if part.length() > whole => {
                part.discard();
                Err(Trouble::passing("it sends more than it announces"))
            }
            _ => Ok(()),
        }
    }

    /// A disk that will be too small is better told of now.
    fn check_room(&self, whole: Option<u64>, part: &Part) -> Result<(), Trouble> {
        let missing = whole.map_or(0, |whole| whole.saturating_sub(part.length()));
        if missing > self.largest {
            let announced = words::bytes(missing);
            return Err(Trouble::Refused(format!("it announces {announced}, far too much")));
        }
        match files::free_space(part.path()) {
            Some(free) if free < missing => Err(Trouble::Fatal(
                Failure::setup(format!(
                    "{} are still to come, and {} are free for {}",
                    words::bytes(missing),
                    words::bytes(free),
                    part.path().display()
                ))
                .fix(format!(
                    "free some disk space, or set {DATA_VARIABLE} to a folder on another disk"
                )),
            )),
            _ => Ok(()),
        }
    }
}

/// Whether an answer brings the rest of the very file that was begun.
fn continues(
    answer: &Answer,
    place: u64,
    version: &str,
    notes: Option<&Notes>,
) -> Result<(), String> {
    let range = answer.header("content-range").unwrap_or_default();
    let (start, whole) =
        read_range(range).ok_or_else(|| format!("it sends a part and calls it `{range}`"))?;
    if start != place {
        return Err(format!("asked for the bytes from {place} on, it sends those from {start} on"));
    }
    let known = notes.and_then(|notes| notes.length);
    let other_length = known.zip(whole).is_some_and(|(known, whole)| known != whole);
    let other_version = part::version(answer).is_some_and(|sent| sent != version);
    if other_length || other_version {
        return Err("the file there has changed since it was begun".into());
    }
    Ok(())
}

/// The first byte and the whole length in `bytes 100-999/1000`.
fn read_range(range: &str) -> Option<(u64, Option<u64>)> {
    let (span, whole) = range.strip_prefix("bytes ")?.split_once('/')?;
    let start = span.split_once('-')?.0.trim().parse().ok()?;
    Some((start, whole.trim().parse().ok()))
}

fn refusal(answer: &Answer) -> Trouble {
    let status = answer.status;
    let why = format!("it answers {status}");
    match status.as_u16() {
        408 | 425 | 429 | 500 | 502 | 503 | 504 => {
            let wait = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            Trouble::Passing { why, wait: wait.map(Duration::from_secs) }
        }
        _ => Trouble::Refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(read_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(read_range("bytes 5-9/*"), Some((5, None)));
        for other in ["", "bytes */10", "items 5-9/10", "bytes 5", "bytes -/10"] {
            assert_eq!(read_range(other), None, "{other}");
        }
    }
}
