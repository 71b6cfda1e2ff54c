//! Passes over the variables: each column of W is solved with the others held, by a lasso of that variable on the others
//! (GLASSO: Friedman, Hastie & Tibshirani, Biostatistics 9, 2008).
//!
//! A column's problem is exact at any distance from the solution, where Newton's model is not, and costs as many rows of
//! W as the variable has links. W stays within the penalties around S and log det W rises, so that it bounds the gap.

use ndarray::Array2;
use rayon::prelude::*;

use super::column::Column;
use super::penalty::Penalty;
use crate::gaussian::linalg::add_scaled;
use crate::notebook::interrupt;

/// Variables that may enter a column at once, where it has fewer: those that pass their penalties by most.
const ENTER: usize = 8;
/// Rounds of letting variables enter a column, in one pass.
const ROUNDS: usize = 10;
/// Products below this are not worth a second thread.
const PARALLEL: usize = 200_000;
/// Entries of a row that one thread takes at a time.
const CHUNK: usize = 512;

/// W, and the links of each variable.
pub(crate) struct Columns<'a> {
    covariance: &'a Array2<f64>,
    penalty: &'a Penalty,
    dual: Array2<f64>,
    /// Of each variable's regression on the others, the nonzero coefficients −Θ_kj / Θ_jj, by ascending k.
    links: Vec<Vec<(u32, f64)>>,
    /// 1 / Θ_jj: what the others leave unexplained.
    rests: Vec<f64>,
    deviations: Vec<f64>,
    /// S_·j − W β, for the column at hand.
    slopes: Vec<f64>,
}

impl<'a> Columns<'a> {
    /// From a positive definite W within the penalties around S, and a Θ near its inverse.
    pub(crate) fn new(
        covariance: &'a Array2<f64>,
        penalty: &'a Penalty,
        dual: Array2<f64>,
        precision: &Array2<f64>,
    ) -> Self {
        let coefficients = |(variable, row): (usize, ndarray::ArrayView1<f64>)| {
            let others = row.iter().enumerate().filter(|(other, _)| *other != variable);
            let linked = others.filter(|(_, value)| **value != 0.0);
            linked.map(|(other, value)| (other as u32, -value / row[variable])).collect()
        };
        Self {
            covariance,
            penalty,
            dual,
            links: precision.outer_iter().enumerate().map(coefficients).collect(),
            rests: precision.diag().mapv(f64::recip).to_vec(),
            deviations: covariance.diag().mapv(f64::sqrt).to_vec(),
            slopes: vec![0.0; covariance.nrows()],
        }
    }

    /// W, within the penalties around S.
    pub(crate) fn dual(&self) -> &Array2<f64> {
        &self.dual
    }

    /// One pass over all columns, which an interrupt ends between two. Accuracy and the largest change of W, which it
    /// returns, are shares of the variables' deviations.
    pub(crate) fn pass(&mut self, accuracy: f64) -> f64 {
        let mut moved = 0.0f64;
        for variable in 0..self.links.len() {
            if interrupt::requested() {
                break;
            }
            let links = std::mem::take(&mut self.links[variable]);
            let links = self.solve(variable, links, accuracy);
            moved = moved.max(self.place(variable, links));
        }
        moved
    }

    /// The column's coefficients; variables enter until none passes its penalty.
    fn solve(
        &mut self,
        variable: usize,
        mut links: Vec<(u32, f64)>,
        accuracy: f64,
    ) -> Vec<(u32, f64)> {
        for _ in 0..ROUNDS {
            self.regress(variable, &mut links, accuracy);
            self.update_slopes(variable, &links);
            let mut entering = self.entering(variable, &links, accuracy);
            if entering.is_empty() {
                break;
            }
            let most = links.len().max(ENTER);
            if entering.len() > most {
                entering
                    .select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                entering.truncate(most);
            }
            links.extend(entering.iter().map(|(_, other)| (*other, 0.0)));
            links.sort_unstable_by_key(|(other, _)| *other);
        }
        links.retain(|(_, value)| *value != 0.0);
        links
    }

    /// Solves for the coefficients of the given variables and drops those that become zero.
    fn regress(&self, variable: usize, links: &mut Vec<(u32, f64)>, accuracy: f64) {
        let places: Vec<usize> = links.iter().map(|(other, _)| *other as usize).collect();
        let mut gram = Vec::with_capacity(places.len() * places.len());
        for row in places.iter().filter_map(|&place| self.dual.row(place).to_slice()) {
            gram.extend(places.iter().map(|&other| row[other]));
        }
        let own = self.covariance.row(variable);
        let targets = places.iter().map(|&other| own[other]).collect();
        let penalties: Vec<f64> =
            places.iter().map(|&other| self.penalty.at(variable, other)).collect();
        let values = links.iter().map(|(_, value)| *value).collect();
        let column = Column::new(&gram, targets, &penalties, values);
        let values = column.solve(accuracy * self.deviations[variable]);
        links.iter_mut().zip(values).for_each(|(link, value)| link.1 = value);
        links.retain(|(_, value)| *value != 0.0);
    }

    fn update_slopes(&mut self, variable: usize, links: &[(u32, f64)]) {
        let order = self.slopes.len();
        let (Some(covariance), Some(dual)) = (self.covariance.as_slice(), self.dual.as_slice())
        else {
            return;
        };
        let row = |index: usize| &covariance[index * order..(index + 1) * order];
        let update = |first: usize, slopes: &mut [f64]| {
            slopes.copy_from_slice(&row(variable)[first..first + slopes.len()]);
            for &(other, value) in links {
                let begin = other as usize * order + first;
                add_scaled(slopes, -value, &dual[begin..begin + slopes.len()]);
            }
        };
        if order * links.len() < PARALLEL {
            update(0, &mut self.slopes);
        } else {
            let chunks = self.slopes.par_chunks_mut(CHUNK).enumerate();
            chunks.for_each(|(index, slopes)| update(index * CHUNK, slopes));
        }
    }

    /// The variables without a link that pass their penalties, and by how much.
    fn entering(&self, variable: usize, links: &[(u32, f64)], accuracy: f64) -> Vec<(f64, u32)> {
        let mut known =
            links.iter().map(|(other, _)| *other as usize).chain([usize::MAX]).peekable();
        let slack = accuracy * self.deviations[variable];
        let mut entering = Vec::new();
        for (other, slope) in self.slopes.iter().enumerate() {
            if known.next_if_eq(&other).is_some() || other == variable {
                continue;
            }
            let excess = slope.abs() - self.penalty.at(variable, other);
            if excess > slack * self.deviations[other] {
                entering.push((excess / self.deviations[other], other as u32));
            }
        }
        entering
    }

    /// Puts the column into W, and returns its largest change.
    fn place(&mut self, variable: usize, links: Vec<(u32, f64)>) -> f64 {
        let mut moved = 0.0f64;
        for (other, slope) in self.slopes.iter_mut().enumerate() {
            if other == variable {
                continue;
            }
            let centre = self.covariance[[variable, other]];
            let reach = self.penalty.at(variable, other);
            let value = (centre - *slope).clamp(centre - reach, centre + reach);
            let change = (value - self.dual[[variable, other]]).abs();
            moved = moved.max(change / self.deviations[other]);
            self.dual[[variable, other]] = value;
            self.dual[[other, variable]] = value;
            *slope = value;
        }
        let explained = links.iter().map(|(other, value)| value * self.slopes[*other as usize]);
        self.rests[variable] = self.covariance[[variable, variable]] - explained.sum::<f64>();
        self.links[variable] = links;
        moved / self.deviations[variable]
    }

    /// Θ: the mean of what both columns say of a link, and none where they disagree on whether there is one.
    pub(crate) fn precision(&self) -> Array2<f64> {
        let order = self.links.len();
        let mut precision = Array2::zeros((order, order));
        for (variable, links) in self.links.iter().enumerate() {
            precision[[variable, variable]] = 1.0 / self.rests[variable];
            for &(other, value) in links {
                precision[[variable, other as usize]] = -value / self.rests[variable];
            }
        }
        for (variable, links) in self.links.iter().enumerate() {
            for other in links.iter().map(|(other, _)| *other as usize) {
                let (there, back) = (precision[[variable, other]], precision[[other, variable]]);
                let both = there != 0.0 && back != 0.0;
                let mean = if both { 0.5 * (there + back) } else { 0.0 };
                precision[[variable, other]] = mean;
                precision[[other, variable]] = mean;
            }
        }
        precision
    }

    /// tr(SΘ) + Σ λ_ij |Θ_ij| − p, which is zero at the solution: a first guess of the gap, without a factorisation.
    pub(crate) fn excess(&self) -> f64 {
        let excess = |(variable, links): (usize, &Vec<(u32, f64)>)| {
            let costs = links.iter().map(|&(other, value)| {
                let other = other as usize;
                self.penalty.at(variable, other) * value.abs()
                    - self.covariance[[variable, other]] * value
            });
            (self.covariance[[variable, variable]] + costs.sum::<f64>()) / self.rests[variable]
                - 1.0
        };
        self.links.iter().enumerate().map(excess).sum()
    }
}
