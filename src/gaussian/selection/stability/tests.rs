#![allow(clippy::unwrap_used)]
use super::*;
use crate::gaussian::selection::subsamples::normal_chain;
use crate::notebook::{Show, interrupt};

#[test]
fn links_of_a_chain_are_found_in_nearly_every_subsample() {
    let samples = normal_chain(600, 6, 1);
    let found = EdgeStability::new(&GraphicalLasso::new(0.25)).fit(&samples).unwrap();
    for ((row, column), &share) in found.matrix().indexed_iter() {
        assert_eq!(share, found.matrix()[[column, row]]);
        match row.abs_diff(column) {
            0 => assert_eq!(share, 0.0),
            1 => assert!(share > 0.95, "({row}, {column}): {share}"),
            2 => {}
            _ => assert!(share < 0.4, "({row}, {column}): {share}"),
        }
    }
    assert!(found.stable_edges(0.9).unwrap() >= 5 && found.stable_edges(1.5).is_err());
}

#[test]
fn the_result_depends_on_the_seed_alone() {
    let samples = normal_chain(80, 6, 2);
    let stability = EdgeStability::new(&GraphicalLasso::new(0.2)).subsamples(15).seed(3);
    let one = stability.clone().threads(1).fit(&samples).unwrap();
    for threads in [2, 7] {
        assert_eq!(
            one.matrix(),
            stability.clone().threads(threads).fit(&samples).unwrap().matrix()
        );
    }
    assert_ne!(one.matrix(), stability.seed(4).fit(&samples).unwrap().matrix());
}

#[test]
fn the_table_names_the_pairs_and_keeps_the_most_frequent_first() {
    let samples = normal_chain(80, 4, 2);
    let names = ["T", "FOX", "CMCSA", "EA"];
    let found = EdgeStability::new(&GraphicalLasso::new(0.2)).names(names).fit(&samples).unwrap();
    let frame = found.frame().unwrap();
    let shares: Vec<f64> =
        frame.column("frequency").unwrap().f64().unwrap().into_no_null_iter().collect();
    assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(found.rich().get("text/html").unwrap().contains("CMCSA"));
    let few = EdgeStability::new(&GraphicalLasso::new(0.2)).names(["T"]).fit(&samples);
    assert!(few.unwrap_err().to_string().contains("1 name"));
}

#[test]
fn parameters_out_of_range_are_named() {
    let samples = normal_chain(20, 3, 0);
    let message = |stability: EdgeStability| stability.fit(&samples).unwrap_err().to_string();
    let stability = EdgeStability::new(&GraphicalLasso::new(0.1));
    assert!(message(stability.clone().threshold(-1.0)).contains("threshold = -1"));
    assert!(message(stability.clone().size(1)).contains("size = 1"));
    assert!(message(stability.clone().subsamples(0)).contains("0 subsamples"));
    assert!(message(EdgeStability::new(&GraphicalLasso::new(-0.1))).contains("alpha = -0.1"));
}

#[test]
fn an_interrupt_keeps_the_subsamples_that_are_done() {
    let samples = normal_chain(40, 4, 0);
    let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).threads(1);
    let part = interrupt::with_request_after(400, || stability.fit(&samples)).unwrap();
    assert!(part.interrupted() && (2..100).contains(&part.subsamples()), "{}", part.subsamples());
    assert!(part.rich().get("text/plain").unwrap().contains("WARNING: interrupted after"));
    let first = stability.clone().subsamples(part.subsamples()).fit(&samples).unwrap();
    assert_eq!(first.matrix(), part.matrix());
}
