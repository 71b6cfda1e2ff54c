#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::gaussian::precision::matrices::{NAMES, sparse};

/// A and C are joined directly and through B; in the margin of A and C the two cancel.
const CANCELLING: &str = "2 1 1/2; 1 2 1; 1/2 1 2";

#[test]
fn an_unfaithful_independence_is_told_from_a_stated_one() {
    let triangle = PrecisionMatrix::parse(&["A1", "B1", "C1"], CANCELLING).unwrap();
    let verdict = triangle.independence(&["A1"], &["C1"], &[]).unwrap();
    assert_eq!(verdict.path().unwrap(), ["A1", "C1"]);
    let text = verdict.to_string();
    assert!(
        text.contains("graph: no: the path A1 – C1") && text.contains("distribution: yes"),
        "{text}"
    );
    assert!(text.contains("unfaithful"));
    let rich = verdict.rich();
    let markdown = rich.get("text/markdown").unwrap();
    assert!(markdown.contains(r"\operatorname{Cov}(A_{1}, C_{1}) = "), "{markdown}");
    let float = triangle.to_f64().unwrap().independence(&["A1"], &["C1"], &[]).unwrap();
    assert!(float.unfaithful() && float.to_string().contains("up to rounding"));
    let given = triangle.independence(&["A1"], &["C1"], &["B1"]).unwrap();
    assert!(!given.holds() && !given.separated() && !given.unfaithful());
    assert!(given.to_string().contains("distribution: no"));
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let triangle = PrecisionMatrix::parse(&["A", "B", "C"], CANCELLING).unwrap();
    let message = |a: &[&str], b: &[&str], given: &[&str]| {
        triangle.independence(a, b, given).unwrap_err().to_string()
    };
    assert!(message(&[], &["B"], &[]).contains("at least one"));
    assert!(message(&["A"], &["A"], &[]).contains("a second time"));
    assert!(message(&["A"], &["B"], &["A"]).contains("a second time"));
    assert!(message(&["A"], &["X"], &[]).contains("A B C"));
    let names: Vec<String> = (0..13).map(|index| format!("V{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let large = PrecisionMatrix::new(&names, ndarray::Array2::<f64>::eye(13)).unwrap();
    assert!(large.unfaithful().unwrap_err().to_string().contains("up to 12"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A separation is an independence; the covariance given a set agrees with the precision of the margin.
    #[test]
    fn every_pair_and_given_set_is_judged_rightly(precision in sparse(5)) {
        let order = precision.names().len();
        let listed = precision.unfaithful().unwrap();
        let mut unfaithful = 0;
        for bits in 0..1_u32 << order {
            let given: Vec<&str> = (0..order).filter(|node| bits >> node & 1 == 1).map(|node| NAMES[node]).collect();
            for one in (0..order).filter(|node| bits >> node & 1 == 0) {
                for other in (one + 1..order).filter(|node| bits >> node & 1 == 0) {
                    let verdict = precision.independence(&[NAMES[one]], &[NAMES[other]], &given).unwrap();
                    prop_assert!(verdict.holds() || !verdict.separated());
                    let covariance = precision.covariance();
                    let mut kept = given.clone();
                    kept.extend([NAMES[one], NAMES[other]]);
                    let members = precision.scope.resolve(&kept).unwrap();
                    let values = crate::gaussian::precision::elimination::block(covariance.values(), &members, &members);
                    let names: Vec<&str> = members.iter().map(|member| NAMES[*member]).collect();
                    // In the precision of the margin of the three sets the entry of the pair says the same.
                    let margin = PrecisionMatrix::from_covariance(&names, &values).unwrap();
                    let place = |node: usize| members.iter().position(|member| *member == node).unwrap();
                    prop_assert_eq!(verdict.holds(), !margin.joined(place(one), place(other)));
                    unfaithful += usize::from(verdict.unfaithful());
                }
            }
        }
        prop_assert_eq!(listed.total(), unfaithful);
    }
}
