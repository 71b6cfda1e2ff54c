//! What the relay tells the proxy: frames over a Unix socket.
//!
//! A frame is a letter, the length of its payload (four bytes, little endian) and the payload. In the
//! other direction there is only one message, a byte that asks for [`Frame::Echo`].

use std::io::{self, Read, Write};

/// The socket's path, for the relay.
pub const SOCKET_VARIABLE: &str = "LATENTLAB_RELAY_SOCKET";
/// Asks the relay to answer, so that the proxy knows it has heard everything before.
pub const ECHO_REQUEST: u8 = b'?';
/// No payload is longer: a peer that claims more is not a relay.
const LONGEST: usize = 1 << 30;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The cells' process runs under this number.
    Hello {
        process: i32,
    },
    /// evcxr has handed over a cell: compiling is done.
    Started,
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// A message of the library: its kind, and JSON.
    Message {
        kind: String,
        payload: Vec<u8>,
    },
    /// An output in evcxr's own notation.
    Content {
        mime: String,
        text: Vec<u8>,
    },
    Panicked,
    LeftByError,
    /// The cell has ended, and everything it said has been passed on.
    Complete,
    /// The answer to [`ECHO_REQUEST`].
    Echo,
    /// The cells' process has ended.
    Ended {
        code: Option<i32>,
        signal: Option<i32>,
    },
}

impl Frame {
    pub fn write(&self, sink: &mut impl Write) -> io::Result<()> {
        let (letter, payload): (u8, Vec<u8>) = match self {
            Self::Hello { process } => (b'H', process.to_string().into_bytes()),
            Self::Started => (b'S', Vec::new()),
            Self::Stdout(bytes) => return write_parts(sink, b'o', &[bytes]),
            Self::Stderr(bytes) => return write_parts(sink, b'e', &[bytes]),
            Self::Message { kind, payload } => {
                return write_parts(sink, b'm', &[kind.as_bytes(), b"\n", payload]);
            }
            Self::Content { mime, text } => {
                return write_parts(sink, b'c', &[mime.as_bytes(), b"\n", text]);
            }
            Self::Panicked => (b'P', Vec::new()),
            Self::LeftByError => (b'?', Vec::new()),
            Self::Complete => (b'C', Vec::new()),
            Self::Echo => (b'E', Vec::new()),
            Self::Ended { code, signal } => {
                let number = |value: &Option<i32>| value.map_or("-".into(), |n| n.to_string());
                (b'X', format!("{} {}", number(code), number(signal)).into_bytes())
            }
        };
        write_parts(sink, letter, &[&payload])
    }

    /// The next frame, or nothing once the relay has hung up.
    pub fn read(source: &mut impl Read) -> io::Result<Option<Self>> {
        let mut letter = [0];
        if source.read(&mut letter)? == 0 {
            return Ok(None);
        }
        let mut length = [0; 4];
        source.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST {
            return Err(not_a_frame());
        }
        let mut payload = Vec::new();
        source.take(length as u64).read_to_end(&mut payload)?;
        if payload.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Self::from_parts(letter[0], payload).map(Some).ok_or_else(not_a_frame)
    }

    fn from_parts(letter: u8, payload: Vec<u8>) -> Option<Self> {
        let text = || std::str::from_utf8(&payload).ok();
        Some(match letter {
            b'H' => Self::Hello { process: text()?.parse().ok()? },
            b'S' => Self::Started,
            b'o' => Self::Stdout(payload),
            b'e' => Self::Stderr(payload),
            b'm' => {
                let (kind, payload) = split_line(payload)?;
                Self::Message { kind, payload }
            }
            b'c' => {
                let (mime, text) = split_line(payload)?;
                Self::Content { mime, text }
            }
            b'P' => Self::Panicked,
            b'?' => Self::LeftByError,
            b'C' => Self::Complete,
            b'E' => Self::Echo,
            b'X' => {
                let (code, signal) = text()?.split_once(' ')?;
                Self::Ended { code: code.parse().ok(), signal: signal.parse().ok() }
            }
            _ => return None,
        })
    }
}

fn write_parts(sink: &mut impl Write, letter: u8, parts: &[&[u8]]) -> io::Result<()> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let length = u32::try_from(length).map_err(|_| not_a_frame())?;
    sink.write_all(&[letter])?;
    sink.write_all(&length.to_le_bytes())?;
    parts.iter().try_for_each(|part| sink.write_all(part))
}

fn split_line(payload: Vec<u8>) -> Option<(String, Vec<u8>)> {
    let end = payload.iter().position(|byte| *byte == b'\n')?;
    let head = String::from_utf8(payload[..end].to_vec()).ok()?;
    Some((head, payload[end + 1..].to_vec()))
}

fn not_a_frame() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a frame of the relay")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_survives_the_way() {
        let frames = [
            Frame::Hello { process: 42 },
            Frame::Started,
            Frame::Stdout(b"a\nb".to_vec()),
            Frame::Stderr(vec![0, 255, 10]),
            Frame::Message { kind: "display".into(), payload: b"{\n}".to_vec() },
            Frame::Content { mime: "text/html".into(), text: b"<b>\n</b>".to_vec() },
            Frame::Panicked,
            Frame::LeftByError,
            Frame::Complete,
            Frame::Echo,
            Frame::Ended { code: None, signal: Some(11) },
            Frame::Ended { code: Some(3), signal: None },
        ];
        let mut way = Vec::new();
        for frame in &frames {
            frame.write(&mut way).unwrap();
        }
        let mut source = way.as_slice();
        for frame in frames {
            assert_eq!(Frame::read(&mut source).unwrap(), Some(frame));
        }
        assert_eq!(Frame::read(&mut source).unwrap(), None);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Frame::read(&mut &b"z\0\0\0\0"[..]).is_err());
        assert!(Frame::read(&mut &b"o\xff\xff\xff\xff"[..]).is_err());
        assert!(Frame::read(&mut &b"o\x05\0\0\0abc"[..]).is_err());
        assert!(Frame::read(&mut &b"m\x03\0\0\0abc"[..]).is_err());
    }
}
