//! How the learning rate changes from epoch to epoch.

use std::f64::consts::PI;

use crate::{Error, Result};

/// The share of the learning rate that is used, as a function of the epochs done. No closures, so that a notebook can keep
/// it in a variable.
///
/// # Example
/// ```
/// use latentlab::train::Schedule;
///
/// let schedule = Schedule::Cosine { epochs: 200, floor: 0.0 }.warm_up(5);
/// assert_eq!(schedule.share(0.0), 0.2);
/// assert_eq!(schedule.share(5.0), 1.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Schedule {
    /// The same all the time.
    #[default]
    Constant,
    /// Times `factor` after each `every` epochs: `torch.optim.lr_scheduler.StepLR`.
    Step {
        /// Epochs between two changes.
        every: usize,
        /// What each change multiplies by.
        factor: f64,
    },
    /// Times `factor` after each epoch: `ExponentialLR`.
    Exponential {
        /// What each epoch multiplies by.
        factor: f64,
    },
    /// Half a cosine from 1 to `floor` (Loshchilov and Hutter, 2017): `CosineAnnealingLR`, but it stays at the floor.
    Cosine {
        /// Epochs until the floor.
        epochs: usize,
        /// The share that is left in the end.
        floor: f64,
    },
    /// A straight line from 1 to `floor`: `LinearLR`.
    Linear {
        /// Epochs until the floor.
        epochs: usize,
        /// The share that is left in the end.
        floor: f64,
    },
    /// Shares from given epochs on, in ascending order; 1 before the first.
    Steps(Vec<(usize, f64)>),
    /// A rise in equal steps over the first epochs, then another schedule: [`warm_up`](Self::warm_up).
    WarmUp {
        /// Epochs of the rise.
        epochs: usize,
        /// What follows, counted from the end of the rise.
        then: Box<Schedule>,
    },
}

impl Schedule {
    /// This schedule after a rise over some epochs: the first takes 1/(epochs) of the rate where that is above zero.
    ///
    /// # Example
    /// ```
    /// use latentlab::train::Schedule;
    ///
    /// let schedule = Schedule::Constant.warm_up(4);
    /// assert_eq!([0.0, 1.0, 3.0, 9.0].map(|epoch| schedule.share(epoch)), [0.25, 0.5, 1.0, 1.0]);
    /// ```
    pub fn warm_up(self, epochs: usize) -> Self {
        Self::WarmUp { epochs, then: Box::new(self) }
    }

    /// The share after so many epochs; parts of one count where a schedule is smooth.
    ///
    /// # Example
    /// ```
    /// use latentlab::train::Schedule;
    ///
    /// assert_eq!(Schedule::Step { every: 10, factor: 0.5 }.share(25.0), 0.25);
    /// ```
    pub fn share(&self, epochs_done: f64) -> f64 {
        let done = epochs_done.max(0.0);
        let part = |epochs: usize| (done / epochs.max(1) as f64).min(1.0);
        match self {
            Self::Constant => 1.0,
            Self::Step { every, factor } => factor.powf((done / (*every).max(1) as f64).floor()),
            Self::Exponential { factor } => factor.powf(done),
            Self::Cosine { epochs, floor } => {
                floor + (1.0 - floor) * (1.0 + (PI * part(*epochs)).cos()) / 2.0
            }
            Self::Linear { epochs, floor } => 1.0 + (floor - 1.0) * part(*epochs),
            Self::Steps(steps) => {
                let reached = steps.iter().take_while(|(epoch, _)| *epoch as f64 <= done).last();
                reached.map_or(1.0, |(_, share)| *share)
            }
            Self::WarmUp { epochs, then } if done < *epochs as f64 => {
                ((done + 1.0) / *epochs as f64).min(1.0) * then.share(0.0)
            }
            Self::WarmUp { epochs, then } => then.share(done - *epochs as f64),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let fits = match self {
            Self::Constant => true,
            Self::Step { every, factor } => *every > 0 && *factor >= 0.0 && factor.is_finite(),
            Self::Exponential { factor } => *factor >= 0.0 && factor.is_finite(),
            Self::Cosine { epochs, floor } | Self::Linear { epochs, floor } => {
                *epochs > 0 && *floor >= 0.0 && floor.is_finite()
            }
            Self::Steps(steps) => {
                steps.is_sorted_by_key(|(epoch, _)| *epoch)
                    && steps.iter().all(|(_, share)| *share >= 0.0 && share.is_finite())
            }
            Self::WarmUp { epochs, then } => {
                then.check()?;
                *epochs > 0
            }
        };
        let problem =
            "epochs must be above zero and in ascending order, shares and factors zero or positive";
        if fits { Ok(()) } else { Err(Error::invalid(format!("{self:?}"), problem)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_falls_to_its_floor_and_stays() {
        let cosine = Schedule::Cosine { epochs: 200, floor: 0.1 };
        assert_eq!(cosine.share(0.0), 1.0);
        assert!((cosine.share(100.0) - 0.55).abs() < 1e-12);
        assert!(
            (cosine.share(200.0) - 0.1).abs() < 1e-12 && cosine.share(900.0) == cosine.share(200.0)
        );
        // torch 2.11.0: CosineAnnealingLR(T_max=200, eta_min=0.1) with a rate of 1, after 37 epochs.
        assert!((cosine.share(37.0) - 0.926_113_312_6).abs() < 1e-9, "{}", cosine.share(37.0));
    }

    #[test]
    fn steps_and_lines_are_taken_when_due() {
        let steps = Schedule::Steps(vec![(10, 0.5), (20, 0.1)]);
        assert_eq!([9.0, 10.0, 19.9, 25.0].map(|done| steps.share(done)), [1.0, 0.5, 0.5, 0.1]);
        let line = Schedule::Linear { epochs: 4, floor: 0.0 };
        assert_eq!([0.0, 1.0, 4.0, 5.0].map(|done| line.share(done)), [1.0, 0.75, 0.0, 0.0]);
        assert_eq!(Schedule::Exponential { factor: 0.5 }.share(3.0), 0.125);
    }

    #[test]
    fn schedules_that_cannot_work_are_refused() {
        let bad = [
            Schedule::Step { every: 0, factor: 0.5 },
            Schedule::Cosine { epochs: 0, floor: 0.0 },
            Schedule::Steps(vec![(20, 0.5), (10, 0.1)]),
            Schedule::Exponential { factor: f64::NAN },
            Schedule::Constant.warm_up(0),
            Schedule::Linear { epochs: 1, floor: -1.0 }.warm_up(2),
        ];
        for schedule in bad {
            assert!(schedule.check().is_err(), "{schedule:?}");
        }
        assert!(Schedule::Step { every: 3, factor: 0.1 }.warm_up(2).check().is_ok());
    }
}
