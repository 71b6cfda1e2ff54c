//! Network diagrams: a graph with weighted, signed edges.

use petgraph::graph::UnGraph;
use petgraph::visit::EdgeRef;

use super::Plot;
use super::axis::draw_title;
use super::canvas::{Area, Canvas, Point};
use super::figure::{Figure, refused};
use super::label::{self, Labels};
use super::layout::{Layout, circle, neighbours, spring};
use super::legend::{Entry, Legend, Sample};
use super::options::Request;
use super::spacing::{away_from, fit, push_apart};
use super::style::{AXIS, Color, FAINT_TEXT, MARGIN, NEGATIVE, POSITIVE, TEXT, WHITE, group};
use super::tick::short;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::words::counted;
use crate::{Error, Result};

const KIND: &str = "Network";
/// Nodes without groups.
const PLAIN: Color = Color::hex(0xDCE7F1);
/// Width of the strongest edge, and what every edge has at least.
const STROKE: [f64; 2] = [5.0, 0.9];
/// White ring that sets a node off from the edges below it.
const RING: f64 = 1.5;
/// How much one axis may be stretched against the other to fill the figure.
const STRETCH: f64 = 1.6;

/// A graph as discs and lines: an edge's width shows its weight's magnitude, its colour the sign.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`groups`](Self::groups) | one colour | a group for each node: colours and a legend |
/// | [`layout`](Self::layout) | [`Layout::Spring`] with seed 0 | positions |
/// | [`size`](Self::size) | 640 × 480, larger from 31 nodes on | CSS pixels |
///
/// Names stand inside the discs while they fit, else beside them, where they cover no other name and no node; names for
/// which there is no such place are left out and counted in the figure's text. Edges of one common weight are grey.
/// Edges from a node to itself are not drawn, and counted too.
///
/// # Example
/// ```
/// use latentlab::petgraph::graph::UnGraph;
/// use latentlab::plot::NetworkDiagram;
///
/// let mut graph = UnGraph::<String, f64>::default();
/// let [apple, microsoft, exxon] = ["AAPL", "MSFT", "XOM"].map(|name| graph.add_node(name.into()));
/// graph.add_edge(apple, microsoft, 0.42);
/// graph.add_edge(microsoft, exxon, -0.08);
/// let figure = NetworkDiagram::new("Portfolio", &graph).groups(["tech", "tech", "energy"]).figure()?;
/// assert!(figure.description().contains("3 nodes, 2 edges (1 positive, 1 negative)"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NetworkDiagram {
    title: String,
    names: Vec<String>,
    edges: Vec<(usize, usize, f64)>,
    loops: usize,
    links: Vec<Vec<usize>>,
    groups: Option<Vec<String>>,
    layout: Layout,
    size: Option<[f64; 2]>,
}

impl NetworkDiagram {
    /// A diagram of an undirected graph whose nodes are names and whose edges are weights.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{petgraph::graph::UnGraph, plot::NetworkDiagram};
    /// let mut graph = UnGraph::<String, f64>::default();
    /// graph.add_node("AAPL".into());
    /// assert!(NetworkDiagram::new("One stock", &graph).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>, graph: &UnGraph<String, f64>) -> Self {
        let all = graph.edge_references();
        let all = all.map(|edge| (edge.source().index(), edge.target().index(), *edge.weight()));
        let (loops, mut edges): (Vec<_>, Vec<_>) = all.partition(|(one, other, _)| one == other);
        // The strongest edges are drawn last, on top.
        edges.sort_by(|one, other| one.2.abs().total_cmp(&other.2.abs()));
        Self {
            title: title.into(),
            names: graph.node_weights().cloned().collect(),
            edges,
            loops: loops.len(),
            links: neighbours(graph),
            groups: None,
            layout: Layout::default(),
            size: None,
        }
    }

    /// The group of each node, in the order of the nodes: a sector, a cluster.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{petgraph::graph::UnGraph, plot::NetworkDiagram};
    /// let mut graph = UnGraph::<String, f64>::default();
    /// graph.add_node("AAPL".into());
    /// let diagram = NetworkDiagram::new("One stock", &graph).groups(["technology"]);
    /// assert!(diagram.figure()?.svg()?.contains("technology"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn groups(mut self, groups: impl IntoIterator<Item = impl ToString>) -> Self {
        self.groups = Some(groups.into_iter().map(|group| group.to_string()).collect());
        self
    }

    /// How to place the nodes.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{petgraph::graph::UnGraph, plot::{Layout, NetworkDiagram}};
    /// let mut graph = UnGraph::<String, f64>::default();
    /// graph.add_node("AAPL".into());
    /// let diagram = NetworkDiagram::new("One stock", &graph).layout(Layout::Circle);
    /// assert!(diagram.figure().is_ok());
    /// ```
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Width and height in CSS pixels, from 160 × 120 to 4,000 × 4,000.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{petgraph::graph::UnGraph, plot::NetworkDiagram};
    /// let mut graph = UnGraph::<String, f64>::default();
    /// graph.add_node("AAPL".into());
    /// let figure = NetworkDiagram::new("One stock", &graph).size(300.0, 200.0).figure()?;
    /// assert_eq!(figure.size(), (300.0, 200.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Some([width, height]);
        self
    }

    /// Draws the diagram.
    ///
    /// # Errors
    /// [`Error::Figure`] for a graph without nodes, a weight that is not finite, groups or fixed positions that do not
    /// match the nodes, or a size out of range.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{petgraph::graph::UnGraph, plot::NetworkDiagram};
    /// let nothing = NetworkDiagram::new("Empty", &UnGraph::default()).figure();
    /// assert!(nothing.is_err_and(|error| error.to_string().contains("no nodes")));
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        self.check()?;
        let size = self.size.unwrap_or(match self.names.len() {
            0..=30 => [640.0, 480.0],
            31..=100 => [760.0, 570.0],
            _ => [960.0, 720.0],
        });
        let mut canvas = Canvas::new()?;
        let legend = Legend::for_square(&canvas, self.entries(), size);
        let top = draw_title(&mut canvas, &self.title, MARGIN, size[0] - MARGIN);
        let [kept_right, kept_below] = legend.kept();
        let room = Area {
            left: MARGIN,
            top,
            right: (size[0] - MARGIN - kept_right).max(MARGIN + 40.0),
            bottom: (size[1] - MARGIN - kept_below).max(top + 40.0),
        };
        let labels = Labels::choose(&canvas, &self.names, room);
        let points = self.place(room, &labels);
        self.draw_edges(&mut canvas, &points);
        for (node, point) in points.iter().enumerate() {
            canvas.disc(*point, labels.radius + RING, WHITE);
            let rim = self.color(node).mix(TEXT, 0.45);
            canvas.disc(*point, labels.radius, rim);
            canvas.disc(*point, labels.radius - 0.8, self.color(node));
        }
        let colors: Vec<Color> = (0..points.len()).map(|node| self.color(node)).collect();
        let segments: Vec<[Point; 2]> =
            self.edges.iter().map(|(one, other, _)| [points[*one], points[*other]]).collect();
        let scene = label::Scene { names: &self.names, points: &points, edges: &segments, room };
        let hidden = labels.draw(&mut canvas, &scene, &colors);
        legend.draw(&mut canvas, room.right, top, size);
        Ok(Figure::new(KIND, &self.title, size, self.detail(hidden), canvas))
    }

    fn error(&self, problem: impl Into<String>) -> Error {
        refused(KIND, &self.title, problem)
    }

    fn check(&self) -> Result<()> {
        let count = self.names.len();
        if count == 0 {
            return Err(self.error("the graph has no nodes"));
        }
        if let Some((one, other, weight)) = self.edges.iter().find(|edge| !edge.2.is_finite()) {
            let (one, other) = (&self.names[*one], &self.names[*other]);
            return Err(self.error(format!(
                "the edge between \"{one}\" and \"{other}\" weighs {weight}; finite weights are needed"
            )));
        }
        if let Some(groups) = self.groups.as_ref().filter(|groups| groups.len() != count) {
            return Err(self.error(format!("{} groups for {count} nodes", groups.len())));
        }
        if let Layout::Fixed(points) = &self.layout {
            if points.len() != count {
                return Err(self.error(format!("{} positions for {count} nodes", points.len())));
            }
            if points.iter().flatten().any(|place| place.is_nan() || place.abs() > 1e100) {
                return Err(self.error("every position must be finite, and below 1e100"));
            }
        }
        self.size.map_or(Ok(()), super::check_size).map_err(|problem| self.error(problem))
    }

    /// Group names in order of appearance.
    fn group_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for group in self.groups.iter().flatten() {
            if !names.contains(&group.as_str()) {
                names.push(group);
            }
        }
        names
    }

    fn color(&self, node: usize) -> Color {
        match &self.groups {
            None => PLAIN,
            Some(groups) => {
                let index = self.group_names().iter().position(|group| *group == groups[node]);
                group(index.unwrap_or(0))
            }
        }
    }

    /// Magnitudes of the weakest and the strongest edge, where they differ.
    fn spread(&self) -> Option<[f64; 2]> {
        let [weakest, strongest] = [self.edges.first()?.2.abs(), self.edges.last()?.2.abs()];
        (strongest - weakest > 1e-9 * strongest).then_some([weakest, strongest])
    }

    fn stroke(&self, weight: f64) -> f64 {
        let Some([_, strongest]) = self.spread() else { return 1.6 };
        // Many edges would merge into one blot at full width.
        let widest = STROKE[0] * (40.0 / self.edges.len() as f64).sqrt().clamp(0.3, 1.0);
        STROKE[1] + (widest - STROKE[1]).max(0.4) * weight.abs() / strongest
    }

    fn tint(&self, weight: f64) -> Color {
        let signed = self.edges.iter().any(|edge| edge.2 < 0.0);
        match weight {
            _ if !signed && self.spread().is_none() => AXIS,
            weight if weight > 0.0 => POSITIVE,
            weight if weight < 0.0 => NEGATIVE,
            _ => AXIS,
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let groups = self.group_names().into_iter().enumerate().map(|(index, name)| Entry {
            label: name.to_owned(),
            color: group(index),
            sample: Sample::Disc,
        });
        entries.extend(groups);
        let signed = self.edges.iter().any(|edge| edge.2 < 0.0);
        if self.spread().is_some() || signed {
            for (label, sign) in [("positive", 1.0), ("negative", -1.0)] {
                if self.edges.iter().any(|edge| edge.2 * sign > 0.0) {
                    let (label, color) = (format!("{label} weight"), self.tint(sign));
                    entries.push(Entry { label, color, sample: Sample::Line(2.5) });
                }
            }
        }
        if let Some([weakest, strongest]) = self.spread() {
            for weight in [strongest, weakest] {
                entries.push(Entry {
                    label: format!("|weight| {}", two_digits(weight)),
                    color: FAINT_TEXT,
                    sample: Sample::Line(self.stroke(weight)),
                });
            }
        }
        entries
    }

    /// Positions in CSS pixels, with room for discs and names, and no disc on another where the figure has the room.
    fn place(&self, room: Area, labels: &Labels) -> Vec<Point> {
        let [aside, above] = labels.margin();
        let inner = Area {
            left: room.left + aside,
            right: (room.right - aside).max(room.left + aside + 1.0),
            top: room.top + above,
            bottom: (room.bottom - above).max(room.top + above + 1.0),
        };
        let raw = match &self.layout {
            Layout::Spring { seed, iterations } => {
                spring(&self.links, *seed, *iterations, inner.width() / inner.height())
            }
            Layout::Circle => circle(self.names.len()),
            Layout::Fixed(points) => points.clone(),
        };
        let stretch = if matches!(self.layout, Layout::Spring { .. }) { STRETCH } else { 1.0 };
        let mut points = fit(&raw, inner, stretch);
        if matches!(self.layout, Layout::Spring { .. }) {
            self.clear_edges(&mut points, labels.radius, inner);
            push_apart(&mut points, 2.0 * labels.radius + 10.0, inner);
        }
        points
    }

    /// Moves nodes aside from edges that pass under them, as far as that is possible: such an edge reads as two.
    fn clear_edges(&self, points: &mut [Point], radius: f64, area: Area) {
        const ROUNDS: usize = 40;
        /// Beyond this many pairs of edge and node the picture is too dense for it to help.
        const MOST_PAIRS: usize = 20_000;
        if self.edges.len() * points.len() > MOST_PAIRS {
            return;
        }
        for _ in 0..ROUNDS {
            for (one, other, _) in &self.edges {
                for node in (0..points.len()).filter(|node| node != one && node != other) {
                    let away = away_from(points[node], points[*one], points[*other]);
                    let distance = away[0].hypot(away[1]);
                    if distance < radius + 5.0 {
                        let shift = 0.3 * (radius + 5.0 - distance) / distance.max(1.0);
                        for axis in 0..2 {
                            points[node][axis] += shift * away[axis];
                        }
                    }
                }
            }
            push_apart(points, 2.0 * radius + 10.0, area);
        }
    }

    fn draw_edges(&self, canvas: &mut Canvas, points: &[Point]) {
        for (one, other, weight) in &self.edges {
            let color = self.tint(*weight).alpha(0.75);
            canvas.line(vec![points[*one], points[*other]], color, self.stroke(*weight));
        }
    }

    /// What the diagram shows, in words.
    fn detail(&self, hidden: usize) -> String {
        let positive = self.edges.iter().filter(|edge| edge.2 > 0.0).count();
        let negative = self.edges.iter().filter(|edge| edge.2 < 0.0).count();
        let mut text = format!(
            "{}, {} ({positive} positive, {negative} negative)",
            counted(self.names.len(), "node"),
            counted(self.edges.len(), "edge"),
        );
        if let Some([weakest, strongest]) = self.spread() {
            text.push_str(&format!(", |weight| {} to {}", short(weakest), short(strongest)));
        }
        let alone = self.links.iter().filter(|list| list.is_empty()).count();
        for (count, noun, what) in [
            (alone, "node", "without an edge"),
            (self.loops, "edge", "from a node to itself not drawn"),
            (hidden, "name", "left out for want of room"),
        ] {
            if count > 0 {
                text.push_str(&format!("; {} {what}", counted(count, noun)));
            }
        }
        text
    }
}

impl Plot for NetworkDiagram {
    fn draw(&self, request: &Request) -> Result<Figure> {
        let mut diagram = self.clone();
        diagram.size = self.size.or(request.size);
        diagram.figure()
    }
}

impl Show for NetworkDiagram {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

/// A weight for the legend.
fn two_digits(weight: f64) -> String {
    let rounded: f64 = format!("{weight:.1e}").parse().unwrap_or(weight);
    short(rounded)
}

impl Inspect for NetworkDiagram {
    fn shape(&self) -> Option<String> {
        let (nodes, edges) = (self.names.len(), self.edges.len());
        Some(format!("{}, {}", counted(nodes, "node"), counted(edges, "edge")))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.names.memory() + size_of_val(self.edges.as_slice())
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}

#[cfg(test)]
mod tests;
