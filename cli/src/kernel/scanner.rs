//! Takes the standard output of the cells' process apart: what a cell printed, what the library shows,
//! and the lines by which evcxr's runtime talks to evcxr.
//!
//! evcxr looks for its lines at the start of a line only, and waits for ever when a cell's last output
//! has no newline: `print!("x")` leaves `xEVCXR_EXECUTION_COMPLETE`. Here they count wherever they stand.

/// Begins every message of the library; the token of this kernel follows.
const MARK: &[u8] = b"\x1eLATENTLAB ";
const WORD: &[u8] = b"EVCXR_";
const COMPLETE: &[u8] = b"EVCXR_EXECUTION_COMPLETE";
const PANICKED: &[u8] = b"EVCXR_PANIC_NOTIFICATION";
const LEFT_BY_ERROR: &[u8] = b"EVCXR_ERROR_OCCURRED";
const CONTENT: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const CONTENT_END: &[u8] = b"EVCXR_END_CONTENT\n";
/// Lines that evcxr waits for and that mean nothing to anybody else.
const PASSED_ON: [&[u8]; 2] = [b"EVCXR_VARIABLE_CHANGED_TYPE:", b"EVCXR_INPUT_REQUEST"];
/// The head of a message holds a token, a kind and a length.
const LONGEST_HEAD: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(Vec<u8>),
    Message {
        kind: String,
        payload: Vec<u8>,
    },
    Content {
        mime: String,
        text: Vec<u8>,
    },
    Complete,
    Panicked,
    LeftByError,
    /// A whole line for evcxr.
    ForEvcxr(Vec<u8>),
}

/// What was found at a place that may begin something.
enum Found {
    /// Something of this length.
    Piece(usize, Piece),
    /// Nothing; this many bytes are text.
    Text(usize),
    /// It may become something; more has to arrive.
    Unfinished,
}

pub struct Scanner {
    token: Vec<u8>,
    /// What has arrived and cannot be told yet.
    rest: Vec<u8>,
    /// How much of `rest` need not be searched again for the end of what it begins.
    searched: usize,
}

impl Scanner {
    pub fn new(token: &str) -> Self {
        Self { token: token.as_bytes().to_vec(), rest: Vec::new(), searched: 0 }
    }

    /// Takes in what has arrived and hands out what is complete.
    pub fn take(&mut self, bytes: &[u8], mut out: impl FnMut(Piece)) {
        self.rest.extend_from_slice(bytes);
        let mut at = 0;
        let mut text_from = 0;
        while let Some(start) = next_candidate(&self.rest[at..]).map(|offset| at + offset) {
            match self.look(start) {
                Found::Piece(length, piece) => {
                    self.give_text(text_from, start, &mut out);
                    out(piece);
                    at = start + length;
                    text_from = at;
                    self.searched = 0;
                }
                Found::Text(length) => at = start + length,
                Found::Unfinished => {
                    self.give_text(text_from, start, &mut out);
                    self.rest.drain(..start);
                    return;
                }
            }
        }
        self.give_text(text_from, self.rest.len(), &mut out);
        self.rest.clear();
        self.searched = 0;
    }

    /// What is left at the end of the stream is text.
    pub fn finish(self, mut out: impl FnMut(Piece)) {
        if !self.rest.is_empty() {
            out(Piece::Text(self.rest));
        }
    }

    fn give_text(&self, from: usize, to: usize, out: &mut impl FnMut(Piece)) {
        if from < to {
            out(Piece::Text(self.rest[from..to].to_vec()));
        }
    }

    fn look(&mut self, start: usize) -> Found {
        match self.rest[start] {
            0x1e => self.look_for_message(start),
            _ => self.look_for_word(start),
        }
    }

    fn look_for_message(&mut self, start: usize) -> Found {
        let bytes = &self.rest[start..];
        let expected = [MARK, &self.token, b" "].concat();
        if !agrees(bytes, &expected) {
            return Found::Text(1);
        }
        let Some(end) = bytes.iter().take(LONGEST_HEAD).position(|byte| *byte == b'\n') else {
            return if bytes.len() < LONGEST_HEAD { Found::Unfinished } else { Found::Text(1) };
        };
        let head = std::str::from_utf8(&bytes[expected.len().min(end)..end]).unwrap_or_default();
        let parsed = head
            .split_once(' ')
            .and_then(|(kind, length)| Some((kind.to_owned(), length.parse::<usize>().ok()?)));
        let Some((kind, length)) = parsed else { return Found::Text(1) };
        // The payload ends with a newline, which keeps the lines of other writers whole.
        let total = end + 1 + length + 1;
        if bytes.len() < total {
            return Found::Unfinished;
        }
        let payload = bytes[end + 1..end + 1 + length].to_vec();
        Found::Piece(total, Piece::Message { kind, payload })
    }

    fn look_for_word(&mut self, start: usize) -> Found {
        let bytes = &self.rest[start..];
        for (word, piece) in [
            (COMPLETE, Piece::Complete),
            (PANICKED, Piece::Panicked),
            (LEFT_BY_ERROR, Piece::LeftByError),
        ] {
            if agrees(bytes, word) {
                return match bytes.get(word.len()) {
                    None => Found::Unfinished,
                    Some(b'\n') => Found::Piece(word.len() + 1, piece),
                    Some(_) => Found::Text(1),
                };
            }
        }
        if agrees(bytes, CONTENT) {
            return self.look_for_content(start);
        }
        if PASSED_ON.iter().any(|word| agrees(bytes, word)) {
            return match bytes.iter().position(|byte| *byte == b'\n') {
                Some(end) => Found::Piece(end + 1, Piece::ForEvcxr(bytes[..=end].to_vec())),
                None => Found::Unfinished,
            };
        }
        Found::Text(1)
    }

    /// evcxr's block: the type, lines, and a line that ends it. A panic in the middle ends it, too.
    fn look_for_content(&mut self, start: usize) -> Found {
        let bytes = &self.rest[start..];
        let Some(head) = bytes.iter().position(|byte| *byte == b'\n') else {
            return Found::Unfinished;
        };
        let body = head + 1;
        let from = self.searched.max(body);
        let end = memchr::memmem::find_iter(&bytes[from..], WORD)
            .map(|offset| from + offset)
            .find(|at| bytes[*at - 1] == b'\n' && is_end_of_content(&bytes[*at..]));
        let Some(end) = end else {
            // A word may just be arriving.
            self.searched = bytes.len().saturating_sub(PANICKED.len() + 1).max(body);
            return Found::Unfinished;
        };
        let length = if bytes[end..].starts_with(CONTENT_END) { CONTENT_END.len() } else { 0 };
        let mime = String::from_utf8_lossy(bytes[CONTENT.len().min(head)..head].trim_ascii());
        let text = bytes[body..end.saturating_sub(1).max(body)].to_vec();
        Found::Piece(end + length, Piece::Content { mime: mime.into_owned(), text })
    }
}

fn is_end_of_content(bytes: &[u8]) -> bool {
    bytes.starts_with(CONTENT_END) || bytes.starts_with(PANICKED)
}

/// Whether the bytes begin with the word, as far as both go.
fn agrees(bytes: &[u8], word: &[u8]) -> bool {
    let common = bytes.len().min(word.len());
    bytes[..common] == word[..common]
}

/// The first place where something may begin, be it with its first letter at the very end.
fn next_candidate(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(0x1e, b'E', bytes).find(|at| {
        let rest = &bytes[*at..];
        agrees(rest, WORD) || rest[0] == 0x1e
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scan(chunks: &[&[u8]]) -> Vec<Piece> {
        let mut scanner = Scanner::new("abc");
        let mut pieces: Vec<Piece> = Vec::new();
        let mut take = |piece| match (pieces.last_mut(), piece) {
            // Where text is cut depends on how it arrives.
            (Some(Piece::Text(before)), Piece::Text(more)) => before.extend(more),
            (_, piece) => pieces.push(piece),
        };
        for chunk in chunks {
            scanner.take(chunk, &mut take);
        }
        scanner.finish(&mut take);
        pieces
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    const EVERYTHING: &str = "one\ntwo \u{e9}\x1eLATENTLAB abc display 5\n{\n\n\n}\nxEVCXR_BEGIN_CONTENT text/html\n<p>\nEVCXR_ no\n\nEVCXR_END_CONTENT\n\x1eLATENTLAB other display 2\n{}\nEVCXR_VARIABLE_CHANGED_TYPE:v\nEVCXR_ERROR_OCCURRED\nend of EVCXRs\nno newlineEVCXR_EXECUTION_COMPLETE\nlate";

    fn everything() -> Vec<Piece> {
        vec![
            text("one\ntwo \u{e9}"),
            Piece::Message { kind: "display".into(), payload: b"{\n\n\n}".to_vec() },
            text("x"),
            Piece::Content { mime: "text/html".into(), text: b"<p>\nEVCXR_ no\n".to_vec() },
            text("\x1eLATENTLAB other display 2\n{}\n"),
            Piece::ForEvcxr(b"EVCXR_VARIABLE_CHANGED_TYPE:v\n".to_vec()),
            Piece::LeftByError,
            text("end of EVCXRs\nno newline"),
            Piece::Complete,
            text("late"),
        ]
    }

    #[test]
    fn pieces_are_told_apart_however_they_arrive() {
        assert_eq!(scan(&[EVERYTHING.as_bytes()]), everything());
        for size in 1..60 {
            let chunks: Vec<&[u8]> = EVERYTHING.as_bytes().chunks(size).collect();
            assert_eq!(scan(&chunks), everything(), "in chunks of {size}");
        }
    }

    #[test]
    fn text_is_not_kept_waiting() {
        let mut scanner = Scanner::new("abc");
        let mut pieces = Vec::new();
        scanner.take(b"50 %", |piece| pieces.push(piece));
        assert_eq!(pieces, [text("50 %")]);
    }

    #[test]
    fn a_panic_ends_an_output_that_was_under_way() {
        let pieces = scan(&[b"EVCXR_BEGIN_CONTENT text/plain\nhalf\nEVCXR_PANIC_NOTIFICATION\n"]);
        let half = Piece::Content { mime: "text/plain".into(), text: b"half".to_vec() };
        assert_eq!(pieces, [half, Piece::Panicked]);
    }

    #[test]
    fn an_empty_output_and_a_broken_head_are_no_trouble() {
        let pieces = scan(&[b"EVCXR_BEGIN_CONTENT text/plain\nEVCXR_END_CONTENT\n"]);
        assert_eq!(pieces, [Piece::Content { mime: "text/plain".into(), text: Vec::new() }]);
        assert_eq!(
            scan(&[b"\x1eLATENTLAB abc display x\n"]),
            [text("\x1eLATENTLAB abc display x\n")]
        );
        let endless = [b"\x1eLATENTLAB abc ".as_slice(), &[b'a'; 300]].concat();
        assert_eq!(scan(&[&endless]), [Piece::Text(endless.clone())]);
    }

    #[test]
    fn twenty_megabytes_in_small_chunks_take_no_time() {
        let payload = vec![b'E'; 20 << 20];
        let head = format!("\x1eLATENTLAB abc display {}\n", payload.len());
        let whole = [head.as_bytes(), &payload, b"\n"].concat();
        let chunks: Vec<&[u8]> = whole.chunks(1 << 16).collect();
        assert_eq!(scan(&chunks), [Piece::Message { kind: "display".into(), payload }]);
        let lines = vec![b'a'; 20 << 20];
        let block =
            [b"EVCXR_BEGIN_CONTENT a/b\n".as_slice(), &lines, b"\nEVCXR_END_CONTENT\n"].concat();
        let chunks: Vec<&[u8]> = block.chunks(1 << 16).collect();
        assert_eq!(scan(&chunks), [Piece::Content { mime: "a/b".into(), text: lines }]);
    }
}
