use proptest::prelude::*;

use super::*;

fn distance(one: Point, other: Point) -> f64 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

fn grid(side: u32) -> UnGraph<(), ()> {
    let at = |row: u32, column: u32| row * side + column;
    let cells = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
    UnGraph::from_edges(cells.flat_map(|(row, column)| {
        let right = (column + 1 < side).then(|| (at(row, column), at(row, column + 1)));
        let down = (row + 1 < side).then(|| (at(row, column), at(row + 1, column)));
        right.into_iter().chain(down)
    }))
}

#[test]
fn a_path_is_drawn_straight() {
    let path = UnGraph::<(), ()>::from_edges((0..7).map(|index| (index, index + 1)));
    let positions = spring(&neighbours(&path), 3, SWEEPS, 1.0);
    assert!((distance(positions[0], positions[7]) - 7.0).abs() < 0.05, "{positions:?}");
}

#[test]
fn a_grid_unfolds_for_any_seed() {
    let links = neighbours(&grid(8));
    for seed in 0..10 {
        let positions = spring(&links, seed, SWEEPS, 1.0);
        for (one, list) in links.iter().enumerate() {
            for other in list {
                let length = distance(positions[one], positions[*other]);
                assert!((0.5..1.6).contains(&length), "seed {seed}: {length}");
            }
        }
        // Opposite corners are far apart: the grid is not folded over.
        assert!(distance(positions[0], positions[63]) > 7.0, "seed {seed}");
    }
}

#[test]
fn four_nodes_make_a_square_and_six_a_hexagon() {
    let square = circle(4);
    assert!((square[0][1] - square[1][1]).abs() < 1e-12 && square[0][0] < 0.0);
    let hexagon = circle(6);
    assert!((distance(hexagon[0], hexagon[1]) - 1.0).abs() < 1e-12 && hexagon[0][1] > 0.99);
}

#[test]
fn large_components_are_sampled_and_still_unfold() {
    let ring = UnGraph::<(), ()>::from_edges((0..3000).map(|index| (index, (index + 1) % 3000)));
    let positions = spring(&neighbours(&ring), 1, SWEEPS, 1.0);
    assert!(distance(positions[0], positions[1500]) > 600.0);
}

#[test]
fn an_interrupted_layout_still_places_every_node() {
    let graph = grid(8);
    let place = || spring_layout(&graph, 1);
    let positions = crate::notebook::interrupt::with_request(|_| place());
    assert_eq!(positions.len(), 64);
    assert!(positions.iter().flatten().all(|share| (0.0..=1.0).contains(share)));
    assert_ne!(positions, place());
}

proptest! {
    #[test]
    fn nodes_never_coincide(count in 1_usize..40, edges in prop::collection::vec((0_u32..40, 0_u32..40), 0..80), seed: u64) {
        let mut graph = UnGraph::<(), ()>::default();
        (0..count).for_each(|_| { graph.add_node(()); });
        for (one, other) in edges {
            let index = |node: u32| petgraph::graph::NodeIndex::new(node as usize % count);
            graph.add_edge(index(one), index(other), ());
        }
        let positions = spring_layout(&graph, seed);
        prop_assert_eq!(positions.len(), count);
        for one in 0..count {
            prop_assert!(positions[one].iter().all(|share| (0.0..=1.0).contains(share)));
            for other in 0..one {
                prop_assert!(distance(positions[one], positions[other]) > 1e-3);
            }
        }
    }
}
