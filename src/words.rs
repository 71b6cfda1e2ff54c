//! Numbers of things in a text, and names that may have been meant.

/// "1 node", "2 nodes".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The end of a text, about what is drawn otherwise than the rest or not at all; empty where there is none.
pub(crate) fn note(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!("; 1 {one}"),
        _ => format!("; {count} {many}"),
    }
}

/// A [`note`] about values that no axis can show.
pub(crate) fn not_finite(count: usize, noun: &str) -> String {
    let one = format!("{noun} is not finite and left out");
    note(count, &one, &format!("{noun}s are not finite and left out"))
}

/// The four names that may have been meant by one that is not there: those that hold it or are held by it, then those
/// that take the fewest changes of letters (Levenshtein, Soviet Physics Doklady 10, 1966) and begin alike.
pub(crate) fn close_to<'names, T: AsRef<str>>(
    wanted: &str,
    names: &'names [T],
) -> Vec<&'names str> {
    let wanted = wanted.trim().to_lowercase();
    let rank = |name: &str| {
        let name = name.to_lowercase();
        let apart = !name.contains(&wanted) && !wanted.contains(&name);
        let alike =
            wanted.chars().zip(name.chars()).take_while(|(one, other)| one == other).count();
        (apart, changes(&wanted, &name) as isize - alike as isize)
    };
    let mut ranked: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    ranked.sort_by_key(|name| rank(name));
    ranked.truncate(4);
    ranked
}

/// Letters to put in, leave out or replace to turn one text into the other.
fn changes(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], line + 1);
        for (column, against) in other.iter().enumerate() {
            let replaced = corner + usize::from(letter != *against);
            corner = row[column + 1];
            row[column + 1] = replaced.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        for (one, other, count) in
            [("", "", 0), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3)]
        {
            assert_eq!(
                (changes(one, other), changes(other, one)),
                (count, count),
                "{one}, {other}"
            );
        }
    }

    #[test]
    fn names_that_were_meant_come_first() {
        let names = ["Male", "Smiling", "Mouth Closed", "Mustache", "Eyes Open", "No Beard"];
        assert_eq!(close_to("smile", &names)[..2], ["Smiling", "Male"]);
        assert_eq!(close_to("Moustache", &names)[0], "Mustache");
        assert_eq!(close_to("beard", &names)[0], "No Beard");
        assert_eq!(close_to("x", &names[..2]).len(), 2);
    }
}
