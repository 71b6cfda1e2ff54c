//! A reader of TeX source that knows commands, groups and comments, and no more.

/// A piece of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'text> {
    /// A command with its backslash.
    Command(&'text str),
    /// A comment up to the end of its line.
    Comment,
    /// Any other character.
    Character(&'text str),
}

/// The place in a source.
#[derive(Clone, Debug)]
pub struct Scanner<'text> {
    rest: &'text str,
}

impl<'text> Scanner<'text> {
    /// A scanner at the beginning of the text.
    pub fn new(text: &'text str) -> Scanner<'text> {
        Scanner { rest: text }
    }

    /// The next piece.
    pub fn next_token(&mut self) -> Option<Token<'text>> {
        let first = self.rest.chars().next()?;
        Some(match first {
            '\\' => Token::Command(self.take(command_length(self.rest))),
            '%' => {
                let length = self.rest.find('\n').map_or(self.rest.len(), |end| end + 1);
                self.take(length);
                Token::Comment
            }
            character => Token::Character(self.take(character.len_utf8())),
        })
    }

    /// Takes so many bytes.
    fn take(&mut self, length: usize) -> &'text str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Whether a group in braces comes next.
    pub fn at_group(&mut self) -> bool {
        self.skip_space();
        self.rest.starts_with('{')
    }

    /// Takes a star.
    pub fn star(&mut self) -> bool {
        let rest = self.rest.trim_start().strip_prefix('*');
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The inside of a group in braces, or a single command or character without them.
    pub fn group(&mut self) -> Option<&'text str> {
        if !self.at_group() {
            return match self.next_token()? {
                Token::Command(text) | Token::Character(text) => Some(text),
                Token::Comment => None,
            };
        }
        self.take(1);
        self.enclosed("}")
    }

    /// The inside of brackets, if they come next.
    pub fn bracket(&mut self) -> Option<&'text str> {
        let rest = self.rest.trim_start().strip_prefix('[')?;
        self.rest = rest;
        self.enclosed("]")
    }

    /// The text up to the closing character that belongs to the opening one before.
    fn enclosed(&mut self, close: &str) -> Option<&'text str> {
        let start = self.rest;
        let mut depth = 0_usize;
        loop {
            let length = start.len() - self.rest.len();
            match self.next_token()? {
                Token::Character(text) if text == close && depth == 0 => {
                    return Some(&start[..length]);
                }
                Token::Character("{") => depth += 1,
                Token::Character("}") => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// The text before the next group in braces.
    pub fn until_group(&mut self) -> &'text str {
        let length = self.rest.find('{').unwrap_or(self.rest.len());
        self.take(length)
    }

    /// The text up to a command, which is taken, too.
    pub fn until(&mut self, command: &str) -> Option<&'text str> {
        let length = self.rest.find(command)?;
        let text = self.take(length);
        self.take(command.len());
        Some(text)
    }

    /// The text of `\verb`, with its delimiters.
    pub fn verbatim(&mut self) -> &'text str {
        let text = self.rest.strip_prefix('*').unwrap_or(self.rest);
        let Some(delimiter) = text.chars().next() else { return "" };
        let start = self.rest.len() - text.len() + delimiter.len_utf8();
        let inside = self.rest[start..].find(delimiter);
        self.take(inside.map_or(self.rest.len(), |length| start + length + delimiter.len_utf8()))
    }
}

/// The length of the command at the beginning of the text.
fn command_length(text: &str) -> usize {
    let name = &text[1..];
    let letters = name.find(|character: char| !character.is_ascii_alphabetic() && character != '@');
    match letters {
        Some(0) => 1 + name.chars().next().map_or(0, char::len_utf8),
        Some(length) => 1 + length,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_respect_escapes_and_comments() {
        let mut scanner = Scanner::new("\\a{x\\}%}\n{y}} [z{]}] \\%q");
        assert_eq!(scanner.next_token(), Some(Token::Command("\\a")));
        assert_eq!(scanner.group(), Some("x\\}%}\n{y}"));
        assert_eq!(scanner.bracket(), Some("z{]}"));
        assert_eq!(scanner.group(), Some("\\%"));
        assert_eq!(scanner.group(), Some("q"));
        assert_eq!(scanner.group(), None);
    }
}
