//! The problem of one column: a lasso in the few variables that the column is linked to.

use crate::gaussian::linalg::{add_scaled, dot};

/// Sweeps of coordinate descent before each correction: they find the zeros.
const SWEEPS: usize = 3;
/// Corrections at most.
const CORRECTIONS: usize = 20;
/// Iterations of conjugate gradients in a correction at most.
const ITERATIONS: usize = 40;
/// The share of its squared residual at which a correction is good enough.
const REDUCTION: f64 = 1e-4;

/// Minimises ½ xᵀGx − bᵀx + Σ_k λ_k |x_k|, where G is positive definite, row by row.
pub(crate) struct Column<'a> {
    gram: &'a [f64],
    penalties: &'a [f64],
    values: Vec<f64>,
    /// b − Gx.
    slopes: Vec<f64>,
}

impl<'a> Column<'a> {
    /// From the x to start at and b − Gx there.
    pub(crate) fn new(
        gram: &'a [f64],
        slopes: Vec<f64>,
        penalties: &'a [f64],
        values: Vec<f64>,
    ) -> Self {
        Self { gram, penalties, values, slopes }
    }

    /// The x at which a sweep moves no √G_kk x_k by more than the accuracy. Coordinate descent creeps where variables
    /// share strong factors, so conjugate gradients on the nonzero values help it along.
    pub(crate) fn solve(mut self, accuracy: f64) -> Vec<f64> {
        for _ in 0..CORRECTIONS {
            for _ in 0..SWEEPS {
                if self.sweep() <= accuracy {
                    return self.values;
                }
            }
            self.follow_signs();
        }
        self.values
    }

    fn row(&self, place: usize) -> &'a [f64] {
        let order = self.values.len();
        &self.gram[place * order..(place + 1) * order]
    }

    fn set(&mut self, place: usize, value: f64) {
        let change = value - self.values[place];
        if change != 0.0 {
            self.values[place] = value;
            let row = self.row(place);
            add_scaled(&mut self.slopes, -change, row);
        }
    }

    fn sweep(&mut self) -> f64 {
        let mut moved = 0.0f64;
        for place in 0..self.values.len() {
            let (own, before) = (self.row(place)[place], self.values[place]);
            let pull = self.slopes[place] + own * before;
            let next = pull.signum() * (pull.abs() - self.penalties[place]).max(0.0) / own;
            self.set(place, next);
            moved = moved.max((next - before).abs() * own.sqrt());
        }
        moved
    }

    /// Moves towards the minimum with the present signs; a value that would change its sign stops at zero. Where so many
    /// do that nothing is gained, all move only as far as the first can.
    fn follow_signs(&mut self) {
        let step = self.newton_step();
        let moves = || self.values.iter().zip(&step);
        let reaches = moves().map(|(value, step)| -value / step).filter(|reach| *reach > 0.0);
        let first = reaches.fold(1.0, f64::min);
        let moved = |size: f64| -> Vec<f64> {
            let ends =
                |value: f64, step: f64| (0.0..=size).contains(&(-value / step)) && first < 1.0;
            moves()
                .map(|(&value, &step)| if ends(value, step) { 0.0 } else { value + size * step })
                .collect()
        };
        // Without a change of sign the step is downhill, and rounding must not decide whether it is taken.
        let whole = moved(1.0);
        let next = if first == 1.0 || self.gains(&whole) { whole } else { moved(first) };
        next.into_iter().enumerate().for_each(|(place, value)| self.set(place, value));
    }

    /// Whether new values have a lower objective.
    fn gains(&self, next: &[f64]) -> bool {
        let changes =
            || next.iter().zip(&self.values).map(|(next, value)| next - value).enumerate();
        let mut image = vec![0.0; self.values.len()];
        let nonzero = changes().filter(|(_, change)| *change != 0.0);
        nonzero.for_each(|(place, change)| add_scaled(&mut image, change, self.row(place)));
        let smooth: f64 = changes()
            .map(|(place, change)| change * (0.5 * image[place] - self.slopes[place]))
            .sum();
        // What stays costs no more, even where the penalty is infinite.
        let costs = next.iter().zip(&self.values).zip(self.penalties);
        let costs = costs.filter(|((next, value), _)| next != value);
        let costs = costs.map(|((next, value), penalty)| penalty * (next.abs() - value.abs()));
        smooth + costs.sum::<f64>() < 0.0
    }

    /// By conjugate gradients, nearly, on the nonzero values.
    fn newton_step(&self) -> Vec<f64> {
        let order = self.values.len();
        let on_nonzero = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let at = |(place, own): (usize, &f64)| if *own == 0.0 { 0.0 } else { value(place) };
            self.values.iter().enumerate().map(at).collect()
        };
        let mut residual = on_nonzero(&|place| {
            self.slopes[place] - self.penalties[place] * self.values[place].signum()
        });
        let (mut step, mut direction) = (vec![0.0; order], residual.clone());
        let first = dot(&residual, &residual);
        let mut power = first;
        for _ in 0..ITERATIONS.min(order) {
            let image = on_nonzero(&|place| dot(self.row(place), &direction));
            let curvature = dot(&direction, &image);
            if !(power > REDUCTION * first && curvature > 0.0) {
                break;
            }
            let size = power / curvature;
            add_scaled(&mut step, size, &direction);
            add_scaled(&mut residual, -size, &image);
            let next = dot(&residual, &residual);
            let share = next / power;
            direction.iter_mut().zip(&residual).for_each(|(old, new)| *old = new + share * *old);
            power = next;
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// At the minimum b − Gx is λ sign x where x is not zero, and within the penalty elsewhere.
        #[test]
        fn the_minimum_meets_its_conditions(
            order in 1usize..12,
            entries in prop::collection::vec(-1.0..1.0f64, 12 * 12),
            targets in prop::collection::vec(-1.0..1.0f64, 12),
            penalty in 0.0..0.5f64,
        ) {
            // A strong common factor, which makes coordinate descent alone creep.
            let entry = |row: usize, column: usize| {
                let own = (0..order).map(|k| entries[row * 12 + k] * entries[column * 12 + k]).sum::<f64>();
                own + 5.0 + if row == column { 0.1 } else { 0.0 }
            };
            let places = (0..order).flat_map(|row| (0..order).map(move |column| (row, column)));
            let gram: Vec<f64> = places.map(|(row, column)| entry(row, column)).collect();
            let penalties = vec![penalty; order];
            let values = vec![1.0; order];
            let rows = gram.chunks_exact(order).zip(&targets);
            let slopes = rows.map(|(row, target)| target - dot(row, &values)).collect();
            let column = Column::new(&gram, slopes, &penalties, values);
            let values = column.solve(1e-13);
            for (row, &value) in values.iter().enumerate() {
                let slope = targets[row] - dot(&gram[row * order..(row + 1) * order], &values);
                if value == 0.0 {
                    prop_assert!(slope.abs() <= penalty + 1e-9, "{slope}");
                } else {
                    prop_assert!((slope - penalty * value.signum()).abs() < 1e-9, "{slope}, {value}");
                }
            }
        }
    }
}
