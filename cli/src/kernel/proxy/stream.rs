//! What a cell prints, gathered into messages of a sensible size.

/// A cell's text is shown up to this length; a page that holds more cannot be scrolled or saved.
pub const TEXT_LIMIT: usize = 100_000_000;
/// A message carries no more than this.
const PIECE: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Stdout,
    Stderr,
}

impl Name {
    pub fn word(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// The text that has come and has not been shown yet.
#[derive(Default)]
pub struct Stream {
    waiting: Vec<u8>,
    name: Option<Name>,
    /// How much of this cell has been taken in.
    taken: usize,
    cut: bool,
}

impl Stream {
    /// Takes in text; hands out what has to be shown first or has become long.
    pub fn take(&mut self, name: Name, bytes: &[u8]) -> Vec<(Name, String)> {
        let mut ready = Vec::new();
        if self.name.is_some_and(|before| before != name) {
            ready.extend(self.flush());
        }
        self.name = Some(name);
        let room = TEXT_LIMIT.saturating_sub(self.taken).min(bytes.len());
        self.taken += room;
        self.waiting.extend_from_slice(&bytes[..room]);
        while self.waiting.len() >= PIECE {
            let rest = self.waiting.split_off(cut_at(&self.waiting, PIECE));
            let piece = std::mem::replace(&mut self.waiting, rest);
            ready.push((name, lossy(piece)));
        }
        if room < bytes.len() && !self.cut {
            self.cut = true;
            ready.extend(self.flush());
            ready.push((Name::Stderr, cut_note()));
        }
        ready
    }

    /// What waits; the first bytes of a character whose end has not come yet stay.
    pub fn flush_whole(&mut self) -> Option<(Name, String)> {
        let end = complete_length(&self.waiting);
        let rest = self.waiting.split_off(end);
        let ready = self.flush();
        if !rest.is_empty() {
            self.name = self.name.or(ready.as_ref().map(|(name, _)| *name));
            self.waiting = rest;
        }
        ready
    }

    /// All that waits.
    pub fn flush(&mut self) -> Option<(Name, String)> {
        let name = self.name?;
        let waiting = std::mem::take(&mut self.waiting);
        (!waiting.is_empty()).then(|| (name, lossy(waiting)))
    }

    /// The standard error that waits.
    pub fn waiting(&self) -> &[u8] {
        if self.name == Some(Name::Stderr) { &self.waiting } else { &[] }
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes back what has come on standard error and has not been shown, from a position found in it.
    pub fn take_back(&mut self, find: impl Fn(&str) -> Option<usize>) {
        if self.name == Some(Name::Stderr)
            && let Ok(text) = std::str::from_utf8(&self.waiting)
            && let Some(position) = find(text)
        {
            self.waiting.truncate(position);
        }
    }
}

fn cut_note() -> String {
    format!(
        "\n[This cell has printed more than {} MB; the rest is not shown. Write it to a file to keep it.]\n",
        TEXT_LIMIT / 1_000_000
    )
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A length that ends no later than the limit, and not inside a character.
fn cut_at(bytes: &[u8], limit: usize) -> usize {
    let end = complete_length(&bytes[..limit.min(bytes.len())]);
    if end == 0 { limit } else { end }
}

/// The length without the beginning of a character at the end.
fn complete_length(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    for start in (tail..bytes.len()).rev() {
        let byte = bytes[start];
        let needed = match byte {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            0x80..=0xbf => continue,
            _ => return bytes.len(),
        };
        return if start + needed > bytes.len() { start } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn streams_keep_their_order() {
        let mut stream = Stream::default();
        assert!(stream.take(Name::Stdout, b"a").is_empty());
        assert!(stream.take(Name::Stdout, b"b").is_empty());
        assert_eq!(stream.take(Name::Stderr, b"e"), [(Name::Stdout, "ab".into())]);
        assert_eq!(stream.flush(), Some((Name::Stderr, "e".into())));
        assert_eq!(stream.flush(), None);
    }

    #[test]
    fn characters_are_not_torn() {
        let mut stream = Stream::default();
        let word = "aé".as_bytes();
        stream.take(Name::Stdout, &word[..2]);
        assert_eq!(stream.flush_whole(), Some((Name::Stdout, "a".into())));
        stream.take(Name::Stdout, &word[2..]);
        assert_eq!(stream.flush_whole(), Some((Name::Stdout, "é".into())));
        stream.take(Name::Stdout, b"\xf0\x9f");
        assert_eq!(stream.flush_whole(), None);
        assert_eq!(stream.flush(), Some((Name::Stdout, "\u{fffd}".into())));
    }

    #[test]
    fn long_text_comes_in_pieces_and_whole() {
        let mut stream = Stream::default();
        let text = "é".repeat(1_500_000);
        let mut shown: String =
            stream.take(Name::Stdout, text.as_bytes()).into_iter().map(|(_, text)| text).collect();
        shown.push_str(&stream.flush().unwrap().1);
        assert!(shown == text);
    }

    #[test]
    fn what_is_too_much_is_cut_once_and_said() {
        let mut stream = Stream::default();
        let block = vec![b'x'; 30_000_000];
        let mut shown = Vec::new();
        for _ in 0..5 {
            shown.extend(stream.take(Name::Stdout, &block));
        }
        shown.extend(stream.flush());
        let length = |name| -> usize {
            shown.iter().filter(|(of, _)| *of == name).map(|(_, text)| text.len()).sum()
        };
        assert_eq!(length(Name::Stdout), TEXT_LIMIT);
        let notes: Vec<_> = shown.iter().filter(|(name, _)| *name == Name::Stderr).collect();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].1.contains("more than 100 MB"));
    }

    #[test]
    fn an_error_message_can_be_taken_back() {
        let mut stream = Stream::default();
        stream.take(Name::Stderr, b"warning\nthread 'main' panicked at x\nboom\n");
        stream.take_back(|text| text.find("thread '"));
        assert_eq!(stream.flush(), Some((Name::Stderr, "warning\n".into())));
    }
}
