#![allow(clippy::unwrap_used)]
use ndarray::array;
use proptest::prelude::*;

use super::*;
use crate::gaussian::precision::elimination::product;
use crate::gaussian::precision::matrices::{NAMES, some, sparse};

/// The assignment's matrix: two variables Y, four variables Z.
fn six() -> PrecisionMatrix<Rational> {
    let a = rational_matrix("2 0; 0 2").unwrap();
    let b = rational_matrix("1 1/2 1/3 1/4; -1 1/2 -1/3 1/4").unwrap();
    let c = rational_matrix("2 1/2 0 0; 1/2 2 0 0; 0 0 2 1/2; 0 0 1/2 2").unwrap();
    let z = ["Z1", "Z2", "Z3", "Z4"];
    PrecisionMatrix::from_blocks(("Y", &["Y1", "Y2"]), ("Z", &z), &a, &b, &c).unwrap()
}

#[test]
fn the_margin_of_z_by_hand() {
    let complement = six().schur_complement(&["Z"]).unwrap();
    let expected = "1 1/2 -1/3 0; 1/2 7/4 0 -1/8; -1/3 0 17/9 1/2; 0 -1/8 1/2 31/16";
    assert_eq!(complement.precision().values(), &rational_matrix(expected).unwrap());
    let expected = "1 0 1/3 0; 0 1/4 0 1/8; 1/3 0 1/9 0; 0 1/8 0 1/16";
    assert_eq!(complement.subtracted().values(), &rational_matrix(expected).unwrap());
    assert_eq!(complement.precision().graph().unwrap().edges().len(), 4);
    let latex = six().rich().get("text/latex").unwrap().to_owned();
    assert!(latex.starts_with(r"$$\Omega = \begin{array}{r|rr|rrrr} & Y_{1} & Y_{2}"), "{latex}");
    assert!(latex.contains(r"-\frac{1}{3} & \frac{1}{4} \\[3pt] \hline Z_{1}"), "{latex}");
    assert!(complement.latex().contains(r"\Omega_{Z} = S"));
}

#[test]
fn matrices_that_no_gaussian_has_are_refused() {
    let message = |rows| PrecisionMatrix::parse(&["A", "B"], rows).unwrap_err().to_string();
    assert!(message("1 1; 1 1").contains("the leading minor of order 2 is 0,"));
    assert!(message("-1/2 0; 0 1").contains("the leading minor of order 1 is -1/2,"));
    assert!(message("1 1/2; 1/3 1").contains("not symmetric: entry (0, 1) is 1/2"));
    assert!(
        message("1 0").contains("1 × 2: it must be square")
            || message("1 0").contains("1 variable")
    );
    let float = |matrix| PrecisionMatrix::new(&["A", "B"], matrix).unwrap_err().to_string();
    assert!(float(array![[1.0, 1.0], [1.0, 1.0]]).contains("up to rounding"));
    assert!(float(array![[1.0, f64::NAN], [f64::NAN, 1.0]]).contains("NaN"));
    assert!(float(array![[f64::INFINITY, 0.0], [0.0, 1.0]]).contains("inf"));
    let blocks = PrecisionMatrix::from_blocks(
        ("Y", &["Y1"]),
        ("Z", &["Z1"]),
        &array![[1.0]],
        &array![[0.1, 0.2]],
        &array![[1.0]],
    );
    assert!(blocks.unwrap_err().to_string().contains("block B, 1 × 2"));
    let three = six();
    assert!(three.marginal(&[]).is_err() && three.schur_complement(&["Y", "Z"]).is_err());
    assert!(three.conditional(&["Y", "Z"]).unwrap_err().to_string().contains("none is left"));
}

#[test]
fn a_large_matrix_is_shown_as_a_table() {
    let names: Vec<String> = (0..20).map(|index| format!("V{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let precision = PrecisionMatrix::new(&names, Array2::<f64>::eye(20)).unwrap();
    let rich = precision.rich();
    assert!(rich.get("text/latex").is_none() && rich.get("text/html").unwrap().contains("V19"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The Schur complement is the inverse of the margin's block of the covariance.
    #[test]
    fn a_margin_keeps_its_covariance(precision in sparse(6), bits: u32) {
        let kept = some(precision.names().len(), bits);
        let members = precision.scope.resolve(&kept).unwrap();
        let covariance = block(precision.covariance().values(), &members, &members);
        let margin = precision.marginal(&kept).unwrap();
        let kept_covariance = margin.covariance();
        prop_assert_eq!(kept_covariance.values(), &covariance);
        let back = PrecisionMatrix::from_covariance(&kept, &covariance).unwrap();
        prop_assert_eq!(back.values(), margin.values());
    }

    /// Giving B then C is giving both; integrating out in two steps is integrating out at once; and the order of the
    /// two does not matter.
    #[test]
    fn conditioning_and_marginalising_commute(precision in sparse(6), bits: u32) {
        let order = precision.names().len();
        prop_assume!(order >= 4);
        let kept = some(order - 2, bits);
        let [one, other] = [NAMES[order - 2], NAMES[order - 1]];
        let both = precision.conditional(&[one, other]).unwrap();
        prop_assert_eq!(&precision.conditional(&[one]).unwrap().conditional(&[other]).unwrap(), &both);
        let mut larger = kept.clone();
        larger.push(other);
        let first = precision.marginal(&larger).unwrap().conditional(&[other]).unwrap();
        let second = precision.conditional(&[other]).unwrap().marginal(&kept).unwrap();
        prop_assert_eq!(first, second);
        let stepwise = precision.marginal(&larger).unwrap().marginal(&kept).unwrap();
        prop_assert_eq!(stepwise, precision.marginal(&kept).unwrap());
    }

    /// Σ Ω = I without rounding; minors are those of the definition; `f64` gives the same up to rounding.
    #[test]
    fn exact_and_rounded_results_agree(precision in sparse(6), bits: u32) {
        let order = precision.names().len();
        let unit = product(precision.covariance().values(), precision.values());
        prop_assert_eq!(unit, Array2::from_shape_fn((order, order), |(row, column)| Rational::from(i64::from(row == column))));
        let kept = some(order, bits);
        let exact = precision.marginal(&kept).unwrap();
        let rounded = precision.to_f64().unwrap().marginal(&kept).unwrap();
        for (left, right) in exact.values().iter().zip(rounded.values()) {
            prop_assert!((left.to_f64() - right).abs() < 1e-10 * exact.values()[[0, 0]].to_f64().max(1.0));
        }
        let pairs = |graph: ConditionalIndependenceGraph| {
            let mut pairs: Vec<_> = graph.edges().iter().map(|edge| (edge.variable_1.clone(), edge.variable_2.clone())).collect();
            pairs.sort();
            pairs
        };
        prop_assert_eq!(pairs(exact.graph().unwrap()), pairs(rounded.graph().unwrap()));
        prop_assert_eq!(&precision.to_f64().unwrap().to_exact().unwrap(), &precision, "quarters are exact in f64");
        let determinant = precision.determinant().to_f64();
        let float = precision.to_f64().unwrap().determinant();
        prop_assert!((determinant - float).abs() <= 1e-10 * determinant);
    }

    /// A symmetric matrix is accepted exactly when its determinants say so.
    #[test]
    fn positive_definiteness_is_sylvesters(entries in prop::array::uniform6(-4_i64..=4)) {
        let [a, b, c, d, e, f] = entries;
        let minors = [a, a * d - b * b, a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c)];
        let rows = format!("{a} {b} {c}; {b} {d} {e}; {c} {e} {f}");
        let made = PrecisionMatrix::parse(&["A", "B", "C"], &rows);
        match minors.iter().position(|minor| *minor <= 0) {
            None => {
                let found: Vec<String> = made.unwrap().leading_minors().iter().map(ToString::to_string).collect();
                prop_assert_eq!(found, minors.map(|minor| minor.to_string()));
            }
            Some(place) => {
                let text = made.unwrap_err().to_string();
                let expected = format!("the leading minor of order {} is {},", place + 1, minors[place]);
                prop_assert!(text.contains(&expected), "{}", text);
            }
        }
    }
}
