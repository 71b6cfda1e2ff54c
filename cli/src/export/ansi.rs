//! What a program printed, with the colors and movements a terminal understands.

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};

use super::tree::{Color, Line, Span, SpanStyle};

/// JupyterLab's colors; those too pale for white paper are taken from its intense ones.
const PALETTE: [Color; 16] = [
    Color(0x3e, 0x42, 0x4d),
    Color(0xd0, 0x45, 0x40),
    Color(0x00, 0x87, 0x42),
    Color(0xb2, 0x7d, 0x12),
    Color(0x1f, 0x7f, 0xe0),
    Color(0xc0, 0x50, 0xb2),
    Color(0x25, 0x8f, 0x8f),
    Color(0x8b, 0x90, 0x9c),
    Color(0x28, 0x2c, 0x36),
    Color(0xb2, 0x2b, 0x31),
    Color(0x00, 0x74, 0x27),
    Color(0xa0, 0x6c, 0x08),
    Color(0x00, 0x65, 0xca),
    Color(0xa0, 0x31, 0x96),
    Color(0x1c, 0x7d, 0x7d),
    Color(0x70, 0x76, 0x82),
];
const TAB: usize = 8;

/// Lines as a terminal would show them at the end: `\r` writes over, backspace steps back, colors become
/// styles, other sequences are left out.
pub fn lines(text: &str) -> Vec<Line> {
    let mut screen = Screen::default();
    Parser::<DefaultCharAccumulator>::new().feed(&mut screen, text);
    screen.finish()
}

trait Feed {
    fn feed(&mut self, screen: &mut Screen, text: &str);
}

impl Feed for Parser<DefaultCharAccumulator> {
    fn feed(&mut self, screen: &mut Screen, text: &str) {
        for byte in text.bytes() {
            self.advance(screen, byte);
        }
    }
}

#[derive(Default)]
struct Screen {
    finished: Vec<Line>,
    row: Vec<(char, SpanStyle)>,
    column: usize,
    style: Sgr,
}

/// The state of the sequences `ESC [ … m`.
#[derive(Clone, Copy, Default)]
struct Sgr {
    style: SpanStyle,
    /// The number of a basic color, which bold makes intense.
    basic: Option<usize>,
    inverse: bool,
}

impl Sgr {
    fn shown(self) -> SpanStyle {
        let mut style = self.style;
        if let (Some(number), true) = (self.basic, style.bold) {
            style.foreground = Some(PALETTE[number + 8]);
        }
        if self.inverse {
            let ground = style.background.unwrap_or(Color(255, 255, 255));
            style.background = Some(style.foreground.unwrap_or(Color(0, 0, 0)));
            style.foreground = Some(ground);
        }
        style
    }

    fn apply(&mut self, codes: &[u16]) {
        let mut codes = codes.iter().copied();
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.style.bold = true,
                3 => self.style.italic = true,
                4 => self.style.underlined = true,
                7 => self.inverse = true,
                21 | 22 => self.style.bold = false,
                23 => self.style.italic = false,
                24 => self.style.underlined = false,
                27 => self.inverse = false,
                30..=37 => self.foreground(Some(usize::from(code - 30))),
                38 => {
                    self.foreground(None);
                    self.style.foreground = extended(&mut codes);
                }
                39 => self.foreground(None),
                40..=47 => self.style.background = Some(PALETTE[usize::from(code - 40)]),
                48 => self.style.background = extended(&mut codes),
                49 => self.style.background = None,
                90..=97 => {
                    self.basic = None;
                    self.style.foreground = Some(PALETTE[usize::from(code - 90) + 8]);
                }
                100..=107 => self.style.background = Some(PALETTE[usize::from(code - 100) + 8]),
                _ => {}
            }
        }
    }

    fn foreground(&mut self, basic: Option<usize>) {
        self.basic = basic;
        self.style.foreground = basic.map(|number| PALETTE[number]);
    }
}

/// `5;n` from the 256 colors, `2;r;g;b` exactly.
fn extended(codes: &mut impl Iterator<Item = u16>) -> Option<Color> {
    let byte = |code: Option<u16>| code.and_then(|code| u8::try_from(code).ok());
    match codes.next()? {
        5 => byte(codes.next()).map(indexed),
        2 => Some(Color(byte(codes.next())?, byte(codes.next())?, byte(codes.next())?)),
        _ => None,
    }
}

fn indexed(number: u8) -> Color {
    match number {
        0..=15 => PALETTE[usize::from(number)],
        16..=231 => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let number = number - 16;
            Color(level(number / 36), level(number / 6 % 6), level(number % 6))
        }
        232.. => {
            let gray = 8 + 10 * (number - 232);
            Color(gray, gray, gray)
        }
    }
}

impl Perform for Screen {
    fn print(&mut self, character: char) {
        let cell = (character, self.style.shown());
        match self.row.get_mut(self.column) {
            Some(place) => *place = cell,
            None => self.row.push(cell),
        }
        self.column += 1;
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end_line(),
            b'\r' => self.column = 0,
            0x08 => self.column = self.column.saturating_sub(1),
            b'\t' => {
                for _ in 0..TAB - self.column % TAB {
                    self.print(' ');
                }
            }
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, _: &[u8], _: bool, action: u8) {
        match action {
            b'm' => {
                let codes: Vec<u16> = params.iter().flatten().copied().collect();
                self.style.apply(if codes.is_empty() { &[0] } else { &codes });
            }
            // "Erase in line", which progress bars send after `\r`.
            b'K' => self.row.truncate(self.column),
            _ => {}
        }
    }
}

impl Screen {
    fn end_line(&mut self) {
        let mut line: Line = Vec::new();
        for (character, style) in self.row.drain(..) {
            match line.last_mut() {
                Some(span) if span.style == style => span.text.push(character),
                _ => line.push(Span { text: character.into(), style }),
            }
        }
        self.finished.push(line);
        self.column = 0;
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.row.is_empty() {
            self.end_line();
        }
        self.finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        lines(text)
            .iter()
            .map(|line| line.iter().map(|span| span.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn a_progress_line_shows_its_last_state() {
        assert_eq!(texts("10 %\r50 %\r100 %\ndone\n"), ["100 %", "done"]);
        assert_eq!(texts("abc\u{8}\u{8}XY\n"), ["aXY"]);
        assert_eq!(texts("long line\r\u{1b}[Kend"), ["end"]);
    }

    #[test]
    fn colors_become_spans() {
        let line = &lines("a\u{1b}[1;31mb\u{1b}[0m\u{1b}[38;5;196mc\u{1b}[38;2;1;2;3md\u{1b}[m")[0];
        let foregrounds: Vec<_> = line.iter().map(|span| span.style.foreground).collect();
        let [.., third, fourth] = foregrounds[..] else { panic!("{line:?}") };
        assert_eq!(foregrounds[..2], [None, Some(PALETTE[9])]);
        assert_eq!((third, fourth), (Some(Color(255, 0, 0)), Some(Color(1, 2, 3))));
        assert!(line[1].style.bold);
    }

    #[test]
    fn other_sequences_and_control_characters_vanish() {
        assert_eq!(texts("\u{1b}]0;title\u{7}a\u{1b}[2J\u{0}b\u{1b}"), ["ab"]);
        assert_eq!(texts("a\tb"), ["a       b"]);
        assert!(texts("").is_empty());
        assert_eq!(texts("\n\n"), ["", ""]);
    }

    #[test]
    fn unfinished_colors_do_no_harm() {
        for text in ["\u{1b}[38m", "\u{1b}[38;5m", "\u{1b}[38;2;1m", "\u{1b}[38;5;999mx", "\u{1b}["]
        {
            lines(text);
        }
    }
}
