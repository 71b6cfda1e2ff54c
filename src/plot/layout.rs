//! Where the nodes of a graph lie.

use std::collections::VecDeque;

use petgraph::graph::UnGraph;
use petgraph::visit::EdgeRef;

use super::canvas::Point;
use crate::notebook::interrupt;
use crate::random::Random;

/// Sweeps of the spring layout when nobody set them; the positions no longer move visibly after some 30.
const SWEEPS: usize = 60;
/// Pairs of nodes that a sweep visits at most, beside the edges.
const MOST_PAIRS: usize = 1_000_000;
/// Distance between components, and between isolated nodes, in edge lengths.
const APART: f64 = 0.9;

/// How a [`NetworkDiagram`](super::NetworkDiagram) places its nodes.
///
/// # Example
/// ```
/// use latentlab::plot::Layout;
///
/// assert_eq!(Layout::default(), Layout::Spring { seed: 0, iterations: 60 });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// Every pair of nodes is joined by a spring as long as the shortest path between them. Components are placed side
    /// by side, isolated nodes in a row below. Equal seeds give equal pictures.
    Spring {
        /// Start of the random numbers.
        seed: u64,
        /// Sweeps over all springs; 30 to 100 are sensible.
        iterations: usize,
    },
    /// Nodes on a circle in their order, clockwise from the top (four nodes as an upright square, six as a hexagon).
    Circle,
    /// Given positions (right, up), in any unit: the same ones for two graphs make these comparable.
    Fixed(Vec<[f64; 2]>),
}

impl Default for Layout {
    fn default() -> Self {
        Self::Spring { seed: 0, iterations: SWEEPS }
    }
}

/// Positions (right, up) of the nodes in order, within the unit square, by a spring model: stress over all shortest
/// paths, minimised by stochastic gradient descent (Zheng, Pawar and Goodman, "Graph Drawing by Stochastic Gradient
/// Descent", IEEE TVCG 2019). Edge weights play no part. Equal seeds give equal positions. An
/// interrupt ends the sweeps early, and the drawing is then rougher.
///
/// # Example
/// ```
/// use latentlab::petgraph::graph::UnGraph;
/// use latentlab::plot::spring_layout;
///
/// let triangle = UnGraph::<&str, f64>::from_edges([(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)]);
/// let positions = spring_layout(&triangle, 7);
/// assert_eq!(positions, spring_layout(&triangle, 7));
/// assert!(positions.iter().flatten().all(|share| (0.0..=1.0).contains(share)));
/// ```
pub fn spring_layout<N, E>(graph: &UnGraph<N, E>, seed: u64) -> Vec<[f64; 2]> {
    let mut positions = spring(&neighbours(graph), seed, SWEEPS, 1.0);
    let [left, low, right, high] = bounds(&positions);
    let size = (right - left).max(high - low).max(f64::MIN_POSITIVE);
    for point in &mut positions {
        let shares = [
            0.5 + (point[0] - (left + right) / 2.0) / size,
            0.5 + (point[1] - (low + high) / 2.0) / size,
        ];
        *point = shares.map(|share| share.clamp(0.0, 1.0));
    }
    positions
}

/// Each node's neighbours, without loops and repetitions.
pub(crate) fn neighbours<N, E>(graph: &UnGraph<N, E>) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); graph.node_count()];
    for edge in graph.edge_references() {
        let (one, other) = (edge.source().index(), edge.target().index());
        if one != other {
            lists[one].push(other);
            lists[other].push(one);
        }
    }
    for list in &mut lists {
        list.sort_unstable();
        list.dedup();
    }
    lists
}

/// Least and greatest coordinates: left, low, right, high.
pub(crate) fn bounds(points: &[Point]) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [x, y] in points {
        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
    }
    bounds
}

/// Positions on the unit circle.
pub(crate) fn circle(count: usize) -> Vec<Point> {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, TAU};
    let start = if count == 4 { FRAC_PI_2 + FRAC_PI_4 } else { FRAC_PI_2 };
    (0..count)
        .map(|index| {
            let (up, right) = (start - TAU * index as f64 / count as f64).sin_cos();
            [right, up]
        })
        .collect()
}

/// Positions in edge lengths; `aspect` is the wanted ratio of width to height.
pub(crate) fn spring(links: &[Vec<usize>], seed: u64, sweeps: usize, aspect: f64) -> Vec<Point> {
    let mut random = Random::new(seed);
    let mut blocks: Vec<Block> = Vec::new();
    let mut alone = Vec::new();
    for nodes in components(links) {
        match nodes[..] {
            [node] => alone.push(node),
            _ => {
                let mut points = relax(links, &nodes, &mut random, sweeps);
                lie_flat(&mut points);
                blocks.push(Block { nodes, points });
            }
        }
    }
    pack(blocks, &alone, links.len(), aspect)
}

/// Connected nodes and their positions.
struct Block {
    nodes: Vec<usize>,
    points: Vec<Point>,
}

fn components(links: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; links.len()];
    let mut found = Vec::new();
    for start in 0..links.len() {
        if seen[start] {
            continue;
        }
        let mut nodes: Vec<usize> = distances(links, start)
            .into_iter()
            .enumerate()
            .filter_map(|(node, distance)| distance.map(|_| node))
            .collect();
        nodes.sort_unstable();
        nodes.iter().for_each(|node| seen[*node] = true);
        found.push(nodes);
    }
    found
}

/// Lengths of the shortest paths from a node; `None` where there is none.
fn distances(links: &[Vec<usize>], start: usize) -> Vec<Option<u32>> {
    let mut lengths = vec![None; links.len()];
    lengths[start] = Some(0);
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((node, length)) = queue.pop_front() {
        for next in &links[node] {
            if lengths[*next].is_none() {
                lengths[*next] = Some(length + 1);
                queue.push_back((*next, length + 1));
            }
        }
    }
    lengths
}

/// Minimises the stress Σ (‖xᵢ − xⱼ‖ − dᵢⱼ)² / dᵢⱼ² of one component, pair by pair, with falling steps.
fn relax(links: &[Vec<usize>], nodes: &[usize], random: &mut Random, sweeps: usize) -> Vec<Point> {
    let mut springs = springs(links, nodes, random);
    let spread = (nodes.len() as f64).sqrt();
    let mut points: Vec<Point> =
        nodes.iter().map(|_| [random.share() * spread, random.share() * spread]).collect();
    let longest = springs.iter().map(|spring| spring.2).fold(1.0, f64::max);
    // Steps fall from the longest spring's weight to a tenth of the shortest's, as the paper has it.
    let (first, last) = (longest * longest, 0.1_f64);
    let fall = (last / first).ln() / sweeps.saturating_sub(1).max(1) as f64;
    for sweep in 0..sweeps {
        // A rougher drawing is still one of the same graph.
        if interrupt::requested() {
            break;
        }
        let step = first * (fall * sweep as f64).exp();
        random.shuffle(&mut springs);
        for (one, other, length) in &springs {
            let (from, to) = (points[*one], points[*other]);
            let mut apart = [from[0] - to[0], from[1] - to[1]];
            if apart == [0.0, 0.0] {
                apart = [random.share() - 0.5, random.share() - 0.5];
            }
            let distance = apart[0].hypot(apart[1]).max(1e-9);
            let share = (step / (length * length)).min(1.0);
            let shift = share * (distance - length) / 2.0 / distance;
            for axis in 0..2 {
                points[*one][axis] -= shift * apart[axis];
                points[*other][axis] += shift * apart[axis];
            }
        }
    }
    points
}

/// Pairs within a component with the lengths of their paths. In large components only the paths from some nodes.
fn springs(links: &[Vec<usize>], nodes: &[usize], random: &mut Random) -> Vec<(usize, usize, f64)> {
    let mut place = vec![usize::MAX; links.len()];
    nodes.iter().enumerate().for_each(|(index, node)| place[*node] = index);
    let mut sources: Vec<usize> = (0..nodes.len()).collect();
    let affordable = (MOST_PAIRS / nodes.len()).max(20);
    let sampled = nodes.len() > affordable;
    if sampled {
        random.shuffle(&mut sources);
        sources.truncate(affordable);
    }
    let mut springs = Vec::new();
    for source in sources {
        if interrupt::requested() {
            break;
        }
        for (node, length) in distances(links, nodes[source]).into_iter().enumerate() {
            let Some(length) = length else { continue };
            let other = place[node];
            if source < other || (sampled && source != other) {
                springs.push((source, other, f64::from(length)));
            }
        }
    }
    if sampled {
        for (index, node) in nodes.iter().enumerate() {
            let later = links[*node].iter().map(|next| place[*next]).filter(|next| *next > index);
            springs.extend(later.map(|next| (index, next, 1.0)));
        }
    }
    springs
}

/// Turns a component so that its long side lies horizontally, as pages do.
fn lie_flat(points: &mut [Point]) {
    let count = points.len() as f64;
    let mean = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for point in points.iter_mut() {
        *point = [point[0] - mean[0], point[1] - mean[1]];
        xx += point[0] * point[0];
        xy += point[0] * point[1];
        yy += point[1] * point[1];
    }
    let (sine, cosine) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
    for point in points.iter_mut() {
        *point = [cosine * point[0] + sine * point[1], cosine * point[1] - sine * point[0]];
    }
}

/// Places components in rows, the tallest first, and isolated nodes in rows below them.
fn pack(mut blocks: Vec<Block>, alone: &[usize], count: usize, aspect: f64) -> Vec<Point> {
    let size = |block: &Block| {
        let [left, low, right, high] = bounds(&block.points);
        [right - left + APART, high - low + APART]
    };
    blocks.sort_by(|one, other| size(other)[1].total_cmp(&size(one)[1]));
    let area: f64 = blocks.iter().map(|block| size(block)[0] * size(block)[1]).sum::<f64>()
        + alone.len() as f64 * APART * APART;
    let widest = blocks.iter().map(|block| size(block)[0]).fold(APART, f64::max);
    let width = (area * aspect).sqrt().max(widest) * (1.0 + 1e-9);
    let mut positions = vec![[0.0, 0.0]; count];
    let (mut x, mut top, mut row_height) = (0.0, 0.0, 0.0);
    for block in &blocks {
        let [wide, high] = size(block);
        if x > 0.0 && x + wide > width {
            (x, top, row_height) = (0.0, top - row_height, 0.0);
        }
        row_height = f64::max(row_height, high);
        let [left, _, _, upper] = bounds(&block.points);
        for (node, point) in block.nodes.iter().zip(&block.points) {
            positions[*node] =
                [x + point[0] - left + APART / 2.0, top + point[1] - upper - APART / 2.0];
        }
        x += wide;
    }
    let per_row = ((width / APART).floor() as usize).max(1);
    let rows = alone.len().div_ceil(per_row).max(1);
    let even = alone.len().div_ceil(rows).max(1);
    for (index, node) in alone.iter().enumerate() {
        let (row, column) = (index / even, index % even);
        positions[*node] = [
            (column as f64 + 0.5) * width / even as f64,
            top - row_height - (row as f64 + 0.5) * APART,
        ];
    }
    positions
}

#[cfg(test)]
mod tests;
