//! Drawings (SVG): how large they are, and which ones nobody could wait for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use roxmltree::{Node, NodeId};

/// Elements that are drawn; more would take minutes to set.
const MOST_ELEMENTS: f64 = 1e6;

/// The size of a drawing in pixels; the error says why it is not to be drawn.
pub fn size(bytes: &[u8]) -> Result<(f64, f64), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is in no known format")?;
    // Drawing programs write a DTD; its entities are bounded by the parser.
    let options =
        roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 2_000_000, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options)
        .map_err(|error| format!("it is neither a picture nor SVG: {error}"))?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" {
        return Err("it is in no known format".into());
    }
    if root.tag_name().namespace() != Some("http://www.w3.org/2000/svg") {
        return Err("it is SVG without the namespace of SVG".into());
    }
    if let Some(attribute) = root.descendants().flat_map(|node| node.attributes()).find(is_endless)
    {
        return Err(format!("its {} would take hours to draw", attribute.name()));
    }
    let elements = expanded(&root);
    if elements > MOST_ELEMENTS {
        return Err(format!("it has {elements:.1e} elements, counted as often as they are drawn"));
    }
    let view: Vec<f64> = root
        .attribute("viewBox")
        .unwrap_or_default()
        .split([' ', ',', '\n', '\t'])
        .filter_map(|number| number.parse().ok())
        .collect();
    let side = |name: &str, index: usize, usual: f64| {
        root.attribute(name).and_then(length).or_else(|| view.get(index).copied()).unwrap_or(usual)
    };
    let (width, height) = (side("width", 2, 300.0), side("height", 3, 150.0));
    let sensible = |side: f64| side.is_finite() && (0.5..1e6).contains(&side);
    if !sensible(width) || !sensible(height) || !view.iter().all(|number| number.is_finite()) {
        return Err(format!("its size is {width} × {height}"));
    }
    Ok((width, height))
}

/// The number of elements, each counted as often as it is drawn: an element that refers to others (`<use>`, patterns,
/// markers, masks) draws them each time, and a few lines of references to references can ask for billions.
fn expanded(root: &Node) -> f64 {
    let named: HashMap<&str, Node> =
        root.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let rules = rules(root);
    let mut counted: HashMap<NodeId, f64> = HashMap::new();
    // Without recursion, since drawings may be nested deeper than a stack is.
    let mut waiting = vec![(*root, None)];
    while let Some((node, counted_parts)) = waiting.pop() {
        if let Some(parts) = counted_parts {
            let parts: Vec<(Node, f64)> = parts;
            let sum: f64 = parts
                .iter()
                .map(|(part, times)| times * counted.get(&part.id()).copied().unwrap_or(0.0))
                .sum();
            counted.insert(node.id(), 1.0 + sum);
        } else if let Entry::Vacant(place) = counted.entry(node.id()) {
            // What refers back to itself is not drawn again.
            place.insert(0.0);
            let parts = parts(&node, &named, &rules);
            let each: Vec<Node> = parts.iter().map(|(part, _)| *part).collect();
            waiting.push((node, Some(parts)));
            waiting.extend(each.into_iter().map(|part| (part, None)));
        }
    }
    counted.get(&root.id()).copied().unwrap_or(0.0)
}

/// What is drawn with an element: its children and what it refers to, each with how often.
fn parts<'a, 'input>(
    node: &Node<'a, 'input>,
    named: &HashMap<&str, Node<'a, 'input>>,
    rules: &[Rule<'a>],
) -> Vec<(Node<'a, 'input>, f64)> {
    let mut parts: Vec<_> =
        node.children().filter(Node::is_element).map(|child| (child, 1.0)).collect();
    for attribute in node.attributes() {
        let times = if attribute.name().starts_with("marker") { corners(node) } else { 1.0 };
        let targets = match (attribute.name(), attribute.value().strip_prefix('#')) {
            ("href", Some(name)) => vec![name],
            _ => references(attribute.value()),
        };
        parts.extend(targets.iter().filter_map(|name| Some((*named.get(name)?, times))));
    }
    let by_rules =
        rules.iter().filter(|rule| rule.may_hold_for(node)).flat_map(|rule| &rule.targets);
    parts.extend(by_rules.filter_map(|name| Some((*named.get(name)?, corners(node)))));
    parts
}

/// The names in `url(#name)`.
fn references(text: &str) -> Vec<&str> {
    text.split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next()?.trim_matches([' ', '"', '\'']).strip_prefix('#'))
        .collect()
}

/// A rule of a style sheet that refers to something.
struct Rule<'a> {
    /// The last simple selector, such as `.cls-1`, `#mark`, `path` or `*`.
    selector: &'a str,
    targets: Vec<&'a str>,
}

impl Rule<'_> {
    /// Whether the rule may hold for an element; what comes before the last selector is not looked at.
    fn may_hold_for(&self, node: &Node) -> bool {
        let part = self.selector.split([':', '[']).next().unwrap_or_default();
        let last = part.rfind(['.', '#']).map_or(part, |at| &part[at..]);
        match last.split_at_checked(1) {
            Some((".", class)) => node
                .attribute("class")
                .is_some_and(|all| all.split_whitespace().any(|one| one == class)),
            Some(("#", id)) => node.attribute("id") == Some(id),
            Some(("*", _)) | None => true,
            Some(_) => node.tag_name().name() == last,
        }
    }
}

fn rules<'a>(root: &Node<'a, '_>) -> Vec<Rule<'a>> {
    let sheets = root.descendants().filter(|node| node.tag_name().name() == "style");
    let texts = sheets
        .flat_map(|sheet| sheet.children().filter_map(|child| child.text()).collect::<Vec<_>>());
    let mut rules = Vec::new();
    for (selectors, body) in
        texts.flat_map(|text| text.split('}')).filter_map(|rule| rule.rsplit_once('{'))
    {
        let targets = references(body);
        if targets.is_empty() {
            continue;
        }
        // What stands before is the head of a group of rules, or the end of a comment.
        let selectors = selectors.rsplit(['{', '/']).next().unwrap_or_default();
        rules.extend(selectors.split(',').map(|selector| Rule {
            selector: selector.split_whitespace().next_back().unwrap_or_default(),
            targets: targets.clone(),
        }));
    }
    rules
}

/// How often a marker may be drawn on an element.
fn corners(node: &Node) -> f64 {
    let path = node.attribute("d").or_else(|| node.attribute("points")).unwrap_or_default();
    path.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
        .filter(|number| !number.is_empty())
        .count()
        .max(1) as f64
}

/// Numbers that make a filter or a dashed line endless.
fn is_endless(attribute: &roxmltree::Attribute) -> bool {
    let numbers = || {
        let parts = attribute.value().split([' ', ',', ';']);
        parts.filter_map(|part| part.trim_end_matches("px").parse::<f64>().ok())
    };
    match attribute.name() {
        "numOctaves" => numbers().any(|number| number > 32.0),
        "stdDeviation" | "radius" | "order" => numbers().any(|number| number > 10_000.0),
        "stroke-dasharray" => numbers().any(|number| number > 0.0 && number < 0.01),
        _ => false,
    }
}

/// A CSS length in pixels.
pub fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let number: f64 = digits.parse().ok()?;
    let pixels = match &text[digits.len()..] {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "em" | "rem" => 16.0,
        "ex" => 8.0,
        _ => return None,
    };
    (number.is_finite() && number > 0.0).then_some(number * pixels)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn svg(body: &str) -> Result<(f64, f64), String> {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink' width='9' height='9'>{body}</svg>"
        );
        size(text.as_bytes())
    }

    #[test]
    fn drawings_of_drawings_are_counted_as_often_as_they_are_drawn() {
        let forms: [fn(usize) -> String; 5] = [
            |level| {
                let below = level - 1;
                format!("<g id='g{level}'><use href='#g{below}'/><use x:href='#g{below}'/></g>")
            },
            |level| {
                let part = format!("<rect fill='url(#g{})'/>", level - 1);
                format!("<pattern id='g{level}'>{part}{part}</pattern>")
            },
            |level| {
                let part = format!("<rect style=\"mask: url('#g{}')\"/>", level - 1);
                format!("<mask id='g{level}'>{part}{part}</mask>")
            },
            |level| {
                let below = level - 1;
                format!(
                    "<marker id='g{level}'><path d='M0 0L1 1' marker-end='url(#g{below})'/></marker>"
                )
            },
            |level| {
                let part = format!("<rect class='a c{level}'/>");
                let rule = format!(
                    "/* x */ svg .c{level}:first-child, b {{ fill: url(#g{}) }}",
                    level - 1
                );
                format!("<style>{rule}</style><pattern id='g{level}'>{part}{part}</pattern>")
            },
        ];
        for (number, form) in forms.iter().enumerate() {
            let many = |levels: usize| (1..=levels).map(form).collect::<String>();
            let drawing =
                |levels| format!("<rect id='g0'/>{}<rect fill='url(#g{levels})'/>", many(levels));
            assert!(svg(&drawing(3)).is_ok(), "form {number}");
            assert!(svg(&drawing(40)).unwrap_err().contains("as often"), "form {number}");
        }
    }

    #[test]
    fn long_chains_and_circles_are_drawn() {
        let chain: String =
            (1..100_000).map(|i| format!("<use id='u{i}' href='#u{}'/>", i - 1)).collect();
        assert!(svg(&format!("<rect id='u0'/>{chain}")).unwrap_err().contains("as often"));
        let points = "<use x:href='#m'/>".repeat(100_000);
        assert!(svg(&format!("<defs><path id='m' d='M0 0L1 1'/></defs>{points}")).is_ok());
        assert!(
            svg("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/><use href='#a'/></g>")
                .is_ok()
        );
        let clipped: String = (0..100)
            .map(|i| format!("<style>.c{i} {{ clip-path: url(#p{i}) }}</style><clipPath id='p{i}'><rect class='c0'/></clipPath>"))
            .collect();
        assert!(svg(&clipped).is_ok());
        assert!(svg("<rect fill='url(#none)'/><use href='#'/><use href='file:///a#b'/>").is_ok());
    }

    #[test]
    fn entities_do_not_explode() {
        let mut laughs = String::from("<!DOCTYPE svg [<!ENTITY a0 'ha'>");
        for level in 1..20 {
            let inner = format!("&a{};", level - 1).repeat(10);
            laughs.push_str(&format!("<!ENTITY a{level} '{inner}'>"));
        }
        laughs.push_str("]><svg xmlns='http://www.w3.org/2000/svg'><text>&a19;</text></svg>");
        assert!(size(laughs.as_bytes()).is_err());
    }

    #[test]
    fn lengths_become_pixels() {
        assert_eq!(length("2in"), Some(192.0));
        assert_eq!(length("640"), Some(640.0));
        for text in ["", "50%", "-3px", "1e999", "auto"] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
