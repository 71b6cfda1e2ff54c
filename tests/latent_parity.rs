//! The graphical lasso with hidden variables, and over windows of time, against GGLasso's solutions (see
//! `fixtures/latent.py`).

#![allow(clippy::unwrap_used)]

use latentlab::gaussian::{GraphicalLasso, LatentGraphicalLasso, TimeVaryingGraphicalLasso};
use latentlab::ndarray::{Array2, Axis, concatenate};

/// A problem's lines by their keys.
struct Problem(Vec<(&'static str, &'static str)>);

impl Problem {
    fn text(&self, key: &str) -> &'static str {
        self.0.iter().find(|(known, _)| *known == key).unwrap().1
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        self.text(key).split(' ').map(|value| value.parse().unwrap()).collect()
    }
}

fn problems(text: &'static str) -> Vec<Problem> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<_> = lines.map(|line| line.split_once(' ').unwrap()).collect();
    let starts_anew = |_: &_, next: &(&str, &str)| next.0 != "problem";
    lines.chunk_by(starts_anew).map(|lines| Problem(lines.to_vec())).collect()
}

/// A symmetric matrix from its upper triangle, row by row.
fn symmetric(order: usize, upper: &[f64]) -> Array2<f64> {
    let mut matrix = Array2::zeros((order, order));
    let places = (0..order).flat_map(|row| (row..order).map(move |column| (row, column)));
    for ((row, column), value) in places.zip(upper) {
        matrix[[row, column]] = *value;
        matrix[[column, row]] = *value;
    }
    matrix
}

fn difference(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    (left - right).iter().fold(0.0, |most, value| most.max(value.abs()))
}

#[test]
fn hidden_variables_agree_with_gglasso() {
    let problems = problems(include_str!("fixtures/gglasso/latent.txt"));
    assert_eq!(problems.len(), 10);
    for problem in problems {
        let name = problem.text("problem");
        let order = problem.numbers("order")[0] as usize;
        let matrix = |key| symmetric(order, &problem.numbers(key));
        let [alpha, mu] = problem.numbers("penalties")[..] else { panic!("{name}") };
        let fit = LatentGraphicalLasso::new(alpha, mu)
            .tolerance(1e-13)
            .max_iterations(3000)
            .fit_covariance(&matrix("covariance"))
            .unwrap();
        let sparse = difference(fit.sparse(), &matrix("sparse"));
        let low_rank = difference(fit.low_rank(), &matrix("low_rank"));
        println!(
            "{name}: sparse part {sparse:.1e}, low-rank part {low_rank:.1e}; GGLasso's residual {}; gap {:.1e}, {} rounds",
            problem.text("residual"),
            fit.duality_gap(),
            fit.iterations()
        );
        assert!(sparse < 1e-5 && low_rank < 1e-5, "{name}: {sparse:e}, {low_rank:e}");
        assert_eq!(fit.rank(), problem.numbers("rank")[0] as usize, "{name}");
        let links = |matrix: &Array2<f64>| matrix.iter().filter(|value| **value != 0.0).count();
        assert_eq!(links(fit.sparse()), links(&matrix("sparse")), "{name}");
    }
}

/// Observations with a given covariance (divisor n), about zero: columns of an orthogonal design times a root of it.
fn observations(covariance: &Array2<f64>) -> Array2<f64> {
    let order = covariance.nrows();
    let mut raised = covariance.clone();
    // Singular covariances of short windows; far below what is compared.
    raised.diag_mut().mapv_inplace(|value| value + 1e-12);
    let root = latentlab::gaussian::Cholesky::new(&raised).unwrap().factor().to_owned();
    let half = root.t().to_owned() * (order as f64).sqrt();
    concatenate![Axis(0), half, -&half]
}

#[test]
fn windows_joined_agree_with_gglasso() {
    let problems = problems(include_str!("fixtures/gglasso/fused.txt"));
    assert_eq!(problems.len(), 6);
    for problem in problems {
        let name = problem.text("problem");
        let shape = problem.numbers("shape");
        let (windows, order) = (shape[0] as usize, shape[1] as usize);
        let matrices = |key| -> Vec<Array2<f64>> {
            let numbers = problem.numbers(key);
            numbers.chunks(numbers.len() / windows).map(|part| symmetric(order, part)).collect()
        };
        let [alpha, beta] = problem.numbers("penalties")[..] else { panic!("{name}") };
        let parts: Vec<Array2<f64>> = matrices("covariances").iter().map(observations).collect();
        let views: Vec<_> = parts.iter().map(Array2::view).collect();
        let samples = latentlab::ndarray::concatenate(Axis(0), &views).unwrap();
        let sequence = TimeVaryingGraphicalLasso::new(alpha, 2 * order)
            .fusion(beta)
            .standardize(false)
            .tolerance(1e-13)
            .max_iterations(3000)
            .fit(&samples)
            .unwrap();
        let references = matrices("precisions");
        let pairs = sequence.precisions().iter().zip(&references);
        let far = pairs.map(|(ours, theirs)| difference(ours, theirs)).fold(0.0, f64::max);
        println!(
            "{name}: difference {far:.1e}; GGLasso's residual {}; gap {:.1e}",
            problem.text("residual"),
            sequence.duality_gap()
        );
        assert_eq!(sequence.precisions().len(), references.len());
        assert!(far < 1e-5, "{name}: {far:e}");
        // The penalty on changes matters: alone, the windows are elsewhere.
        let alone = GraphicalLasso::new(alpha).fit_covariance(&matrices("covariances")[0]).unwrap();
        assert!(difference(alone.precision(), &references[0]) > 1e-3, "{name}");
    }
}
