//! A start for Newton's method: passes over the columns of Θ, each solved with the others held (DP-GLASSO: Mazumder &
//! Hastie, Electronic Journal of Statistics 6, 2012).
//!
//! Far from the solution Newton's model is wrong: where strong factors make most pairs pass their penalty, its steps
//! are cut short again and again. A column's problem is exact at any distance, keeps Θ positive definite and sparse, and
//! costs as much as Θ has nonzero entries.

use ndarray::Array2;

use super::penalty::Penalty;
use crate::notebook::interrupt;

/// Sweeps over a column's entries at most.
const SWEEPS: usize = 8;
/// A column is done when no entry of W moves by more than this share of the variables' deviations.
const MOVED: f64 = 3e-3;

/// Θ, its nonzero places, and the dual point that belongs to it.
pub(crate) struct Columns<'a> {
    covariance: &'a Array2<f64>,
    penalty: &'a Penalty,
    precision: Array2<f64>,
    /// For each row the columns of its nonzero entries off the diagonal.
    links: Vec<Vec<u32>>,
    /// Row j: W_·j as the last visit of column j left it, within the penalties around S.
    dual: Array2<f64>,
    /// Θ times that column, without its own row.
    image: Vec<f64>,
}

impl<'a> Columns<'a> {
    /// From Θ = diag(1 / S_ii).
    pub(crate) fn new(covariance: &'a Array2<f64>, penalty: &'a Penalty) -> Self {
        let order = covariance.nrows();
        let dual = Array2::from_shape_fn((order, order), |(row, column)| {
            let value = covariance[[row, column]];
            let reach = if row == column { 0.0 } else { penalty.at(row, column) };
            value.signum() * (value.abs() - reach).max(0.0)
        });
        let precision = Array2::from_diag(&covariance.diag().mapv(f64::recip));
        Self {
            covariance,
            penalty,
            precision,
            links: vec![Vec::new(); order],
            dual,
            image: vec![0.0; order],
        }
    }

    /// The precision matrix as it is now.
    pub(crate) fn into_precision(self) -> Array2<f64> {
        self.precision
    }

    /// One pass over all columns; an interrupt ends it between two.
    pub(crate) fn pass(&mut self) {
        for column in 0..self.covariance.nrows() {
            if interrupt::requested() {
                return;
            }
            self.unlink(column);
            self.solve(column);
            self.link(column);
        }
    }

    /// Takes the column out of the others' rows.
    fn unlink(&mut self, column: usize) {
        for other in std::mem::take(&mut self.links[column]) {
            let other = other as usize;
            self.precision[[column, other]] = 0.0;
            self.precision[[other, column]] = 0.0;
            if let Ok(place) = self.links[other].binary_search(&(column as u32)) {
                self.links[other].remove(place);
            }
        }
    }

    /// Minimises uᵀ Θ₁₁ u over the u within the penalties around S's column, by coordinates.
    fn solve(&mut self, column: usize) {
        let order = self.covariance.nrows();
        self.image.fill(0.0);
        for other in 0..order {
            let value = self.dual[[column, other]];
            if other != column && value != 0.0 {
                self.add_row(other, value);
            }
        }
        for _ in 0..SWEEPS {
            let mut moved = 0.0f64;
            for other in (0..order).filter(|&other| other != column) {
                let (value, centre) =
                    (self.dual[[column, other]], self.covariance[[column, other]]);
                let (reach, own) = (self.penalty.at(column, other), self.precision[[other, other]]);
                let next = (value - self.image[other] / own).clamp(centre - reach, centre + reach);
                if next != value {
                    self.dual[[column, other]] = next;
                    self.add_row(other, next - value);
                    moved = moved.max(
                        (next - value).abs() * (own / self.covariance[[column, column]]).sqrt(),
                    );
                }
            }
            if moved < MOVED {
                break;
            }
        }
    }

    fn add_row(&mut self, row: usize, share: f64) {
        self.image[row] += share * self.precision[[row, row]];
        for &other in &self.links[row] {
            self.image[other as usize] += share * self.precision[[row, other as usize]];
        }
    }

    /// Puts the column's entries back: zero where W lies strictly within the penalty.
    fn link(&mut self, column: usize) {
        let variance = self.covariance[[column, column]];
        let mut explained = 0.0;
        let mut links = Vec::new();
        for other in (0..self.covariance.nrows()).filter(|&other| other != column) {
            let (value, centre) = (self.dual[[column, other]], self.covariance[[column, other]]);
            let reach = self.penalty.at(column, other);
            explained += value * self.image[other];
            let entry = -self.image[other] / variance;
            if entry != 0.0 && (value <= centre - reach || value >= centre + reach) {
                self.precision[[column, other]] = entry;
                self.precision[[other, column]] = entry;
                links.push(other as u32);
                let place = self.links[other].partition_point(|&known| (known as usize) < column);
                self.links[other].insert(place, column as u32);
            }
        }
        self.links[column] = links;
        self.precision[[column, column]] = (1.0 + explained / variance) / variance;
    }
}
