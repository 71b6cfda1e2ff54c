//! Passes over the variables: each column of W is solved with the others held, by a lasso of that variable on the others
//! (GLASSO: Friedman, Hastie & Tibshirani, Biostatistics 9, 2008).
//!
//! A column's problem is exact at any distance from the solution, where Newton's model is not, and costs as many rows of
//! W as the variable has links. W stays within the penalties around S and log det W rises, so that it bounds the gap.
//!
//! Neighbouring columns are solved at once, on all cores, from the W before any of them; each is then put into the W that
//! those before it have changed.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;

use super::column::Column;
use super::penalty::Penalty;
use super::work::{Links, Work};
use crate::gaussian::linalg::subtract_rows;
use crate::notebook::interrupt;

/// Variables that may enter a column at once, where it has fewer: those that pass their penalties by most.
const ENTER: usize = 8;
/// The same, as a multiple of those it has.
const GROW: usize = 8;
/// Rounds of letting variables enter a column, in one pass.
const ROUNDS: usize = 10;
/// The accuracy before the last round, in which hardly a variable enters, as a multiple of the last one's.
const ROUGH: f64 = 10.0;
/// The share of a column's variables that is hardly any.
const FEW: f64 = 0.1;
/// Of fewer variables the columns are so cheap that they are solved one by one.
const LARGE: usize = 400;
/// Else the columns solved at once in the first passes, as a share of all.
const TOGETHER: f64 = 1.0 / 62.0;
/// Columns solved at once at most.
const MOST_TOGETHER: usize = 16;
/// Later passes take half as many at once: near the solution more converge more slowly.
const FIRST_PASSES: usize = 2;
/// Batches of columns between two looks for an interrupt.
const RUN: usize = 8;
/// Batches of less effort are not worth a second thread.
const PARALLEL: usize = 50_000;

/// W, and the links of each variable.
pub(crate) struct Columns<'a> {
    covariance: &'a Array2<f64>,
    penalty: &'a Penalty,
    dual: Array2<f64>,
    links: Vec<Links>,
    /// 1 / Θ_jj: what the others leave unexplained.
    rests: Vec<f64>,
    deviations: Vec<f64>,
    /// As many as columns are solved at once.
    works: Vec<Work>,
    /// Linked variables times all variables, summed over the last batch of columns: what the next one will cost.
    effort: usize,
    passes: usize,
}

impl<'a> Columns<'a> {
    /// From a positive definite W within the penalties around S, and a Θ near its inverse.
    pub(crate) fn new(
        covariance: &'a Array2<f64>,
        penalty: &'a Penalty,
        dual: Array2<f64>,
        precision: &Array2<f64>,
    ) -> Self {
        let order = covariance.nrows();
        let coefficients = |(variable, row): (usize, ndarray::ArrayView1<f64>)| {
            let others = row.iter().enumerate().filter(|(other, _)| *other != variable);
            let linked = others.filter(|(_, value)| **value != 0.0);
            linked.map(|(other, value)| (other as u32, -value / row[variable])).collect()
        };
        let together = if order < LARGE { 1 } else { (order as f64 * TOGETHER) as usize };
        Self {
            covariance,
            penalty,
            dual,
            links: precision.outer_iter().enumerate().map(coefficients).collect(),
            rests: precision.diag().mapv(f64::recip).to_vec(),
            deviations: covariance.diag().mapv(f64::sqrt).to_vec(),
            works: (0..together.min(MOST_TOGETHER)).map(|_| Work::default()).collect(),
            effort: 0,
            passes: 0,
        }
    }

    /// W, within the penalties around S.
    pub(crate) fn dual(&self) -> &Array2<f64> {
        &self.dual
    }

    /// One pass over all columns, which an interrupt ends early. Accuracy and the largest change of W, which it
    /// returns, are shares of the variables' deviations.
    pub(crate) fn pass(&mut self, accuracy: f64) -> f64 {
        let (mut moved, order) = (0.0f64, self.links.len());
        let mut works = std::mem::take(&mut self.works);
        let is_first = self.passes < FIRST_PASSES;
        let together = if is_first { works.len() } else { works.len().div_ceil(2) };
        self.passes += 1;
        for first in (0..order).step_by(RUN * together) {
            if interrupt::requested() {
                break;
            }
            let run = first..order.min(first + RUN * together);
            let solve = || self.solve_run(run, &mut works[..together], accuracy);
            // Within the pool it takes less to share a batch.
            let most = if together > 1 { rayon::scope(|_| solve()) } else { solve() };
            moved = moved.max(most);
        }
        self.works = works;
        moved
    }

    /// Batch after batch; returns the largest change of W.
    fn solve_run(&mut self, run: Range<usize>, works: &mut [Work], accuracy: f64) -> f64 {
        let mut moved = 0.0f64;
        for first in run.clone().step_by(works.len()) {
            let batch = first..run.end.min(first + works.len());
            let works = &mut works[..batch.len()];
            for (work, links) in works.iter_mut().zip(&mut self.links[batch.clone()]) {
                work.links = std::mem::take(links);
            }
            if self.effort >= PARALLEL {
                let columns = works.par_iter_mut().with_max_len(1).zip(batch.clone());
                columns.for_each(|(work, variable)| self.solve(variable, work, accuracy));
            } else {
                let columns = works.iter_mut().zip(batch.clone());
                columns.for_each(|(work, variable)| self.solve(variable, work, accuracy));
            }
            self.effort = works.iter().map(|work| work.links.len() * self.links.len()).sum();
            for index in 0..batch.len() {
                moved = moved.max(self.place(first, index, works));
            }
            self.mirror(batch);
        }
        moved
    }

    /// The column's coefficients; variables enter until none passes its penalty.
    fn solve(&self, variable: usize, work: &mut Work, accuracy: f64) {
        // Of many variables a regression costs more than all slopes do.
        let many = |work: &Work| work.links.len().pow(2) > self.links.len();
        let goal = |entered: usize, work: &Work| {
            let some = entered as f64 > FEW * work.links.len() as f64;
            if some && many(work) { ROUGH * accuracy } else { accuracy }
        };
        let mut entered = 0;
        if many(work) {
            self.update_slopes(variable, work);
            entered = self.enter(variable, work, accuracy);
        } else {
            self.update_linked_slopes(variable, work);
        }
        for _ in 0..ROUNDS {
            let reached = goal(entered, work);
            self.regress(variable, work, reached);
            self.update_slopes(variable, work);
            entered = self.enter(variable, work, accuracy);
            if entered == 0 && reached == accuracy {
                break;
            }
        }
        work.links.retain(|(_, value)| *value != 0.0);
    }

    /// Solves for the coefficients of the linked variables, from their slopes, and drops those that become zero.
    fn regress(&self, variable: usize, work: &mut Work, accuracy: f64) {
        let places: Vec<usize> = work.links.iter().map(|(other, _)| *other as usize).collect();
        work.gram.clear();
        for row in places.iter().filter_map(|&place| self.dual.row(place).to_slice()) {
            work.gram.extend(places.iter().map(|&other| row[other]));
        }
        let slopes = places.iter().map(|&other| work.slopes[other]).collect();
        let penalties: Vec<f64> =
            places.iter().map(|&other| self.penalty.at(variable, other)).collect();
        let values = work.links.iter().map(|(_, value)| *value).collect();
        let column = Column::new(&work.gram, slopes, &penalties, values);
        let values = column.solve(accuracy * self.deviations[variable]);
        work.links.iter_mut().zip(values).for_each(|(link, value)| link.1 = value);
        work.links.retain(|(_, value)| *value != 0.0);
    }

    fn update_slopes(&self, variable: usize, work: &mut Work) {
        let (Some(dual), Some(own)) =
            (self.dual.as_slice(), self.covariance.row(variable).to_slice())
        else {
            return;
        };
        work.slopes.clear();
        work.slopes.extend_from_slice(own);
        subtract_rows(&mut work.slopes, dual, &work.links);
    }

    /// Those of the linked variables alone.
    fn update_linked_slopes(&self, variable: usize, work: &mut Work) {
        work.slopes.resize(self.links.len(), 0.0);
        for &(place, _) in &work.links {
            let place = place as usize;
            let row = self.dual.row(place);
            let known = work.links.iter().map(|&(other, value)| value * row[other as usize]);
            work.slopes[place] = self.covariance[[variable, place]] - known.sum::<f64>();
        }
    }

    /// Lets variables without a link enter: those that pass their penalties, by most where they are many. How many do.
    fn enter(&self, variable: usize, work: &mut Work, accuracy: f64) -> usize {
        let slack = accuracy * self.deviations[variable];
        let mut entering = Vec::new();
        for (other, (slope, deviation)) in work.slopes.iter().zip(&self.deviations).enumerate() {
            let excess = slope.abs() - self.penalty.at(variable, other);
            if excess > slack * deviation && other != variable && work.place(other).is_err() {
                entering.push((excess / deviation, other as u32));
            }
        }
        let most = (GROW * work.links.len()).max(ENTER);
        if entering.len() > most {
            entering.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            entering.truncate(most);
        }
        if !entering.is_empty() {
            work.links.extend(entering.iter().map(|(_, other)| (*other, 0.0)));
            work.links.sort_unstable_by_key(|(other, _)| *other);
        }
        entering.len()
    }

    /// Puts a column of a batch into its row of W, after those before it, and returns its largest change.
    fn place(&mut self, first: usize, index: usize, batch: &mut [Work]) -> f64 {
        let (variable, order, end) = (first + index, self.links.len(), first + batch.len());
        let (earlier, rest) = batch.split_at_mut(index);
        let (Some(work), Some(dual)) = (rest.first_mut(), self.dual.as_slice_mut()) else {
            return 0.0;
        };
        for (other, placed) in (first..).zip(&*earlier) {
            work.follow(other, &placed.changes);
        }
        work.changes.clear();
        let row = &mut dual[variable * order..(variable + 1) * order];
        let centres = self.covariance.row(variable);
        let mut moved = 0.0f64;
        let entries = row.iter_mut().zip(centres).zip(&work.slopes).zip(&self.deviations);
        for (other, (((value, centre), slope), deviation)) in entries.enumerate() {
            let reach = if other == variable { 0.0 } else { self.penalty.at(variable, other) };
            let next = (centre - slope).clamp(centre - reach, centre + reach);
            moved = moved.max((next - *value).abs() / deviation);
            work.changes.push(next - *value);
            *value = next;
        }
        let explained = work.links.iter().map(|(other, value)| value * row[*other as usize]);
        self.rests[variable] = centres[variable] - explained.sum::<f64>();
        self.links[variable] = std::mem::take(&mut work.links);
        // The columns of the batch that follow read only their own rows.
        (variable + 1..end)
            .for_each(|later| dual[later * order + variable] = dual[variable * order + later]);
        moved / self.deviations[variable]
    }

    /// Copies rows of W into its columns: those of a batch together, since they share cache lines.
    fn mirror(&mut self, variables: Range<usize>) {
        let order = self.links.len();
        let Some(dual) = self.dual.as_slice_mut() else { return };
        for other in 0..order {
            for variable in variables.clone() {
                dual[other * order + variable] = dual[variable * order + other];
            }
        }
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

#[cfg(test)]
mod tests;
