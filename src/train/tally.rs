//! Measures summed up on the device, and read once an epoch.

use tch::{Kind, Tensor};

use super::losses::Ratios;
use crate::{Error, Result};

/// Sums of the measures of batches, each weighted by its rows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    names: Vec<String>,
    sums: Option<Tensor>,
    rows: usize,
    /// Names of quotients, and what lies above and below their lines.
    quotients: Vec<String>,
    sides: Option<Tensor>,
}

impl Tally {
    /// Adds a batch's means.
    pub(super) fn add(&mut self, measures: &[(&str, &Tensor)], rows: usize) -> Result<()> {
        let _guard = tch::no_grad_guard();
        if self.sums.is_none() {
            if let Some((name, value)) = measures.iter().find(|(_, value)| value.numel() != 1) {
                let problem = "one number for each batch is needed; take the mean";
                return Err(Error::invalid(
                    format!("measure `{name}` of shape {:?}", value.size()),
                    problem,
                ));
            }
            self.names = measures.iter().map(|(name, _)| (*name).to_owned()).collect();
        } else if !self.names.iter().map(String::as_str).eq(measures.iter().map(|(name, _)| *name))
        {
            let names: Vec<&str> = measures.iter().map(|(name, _)| *name).collect();
            let problem = format!("the first batch of the epoch had {}", self.names.join(", "));
            return Err(Error::invalid(format!("measures {}", names.join(", ")), problem));
        }
        let alike = measures
            .iter()
            .all(|(_, value)| value.dim() == 0 && value.kind() == measures[0].1.kind());
        let mut batch = if alike {
            let values: Vec<&Tensor> = measures.iter().map(|(_, value)| *value).collect();
            Tensor::f_stack(&values, 0)?.f_to_kind(Kind::Double)?
        } else {
            let values: Result<Vec<Tensor>, tch::TchError> = measures
                .iter()
                .map(|(_, value)| value.f_reshape([] as [i64; 0])?.f_to_kind(Kind::Double))
                .collect();
            Tensor::f_stack(&values?, 0)?
        };
        let _in_place = batch.f_mul_scalar_(rows as f64)?;
        match &mut self.sums {
            Some(sums) => {
                let _in_place = sums.f_add_(&batch)?;
            }
            None => self.sums = Some(batch),
        }
        self.rows += rows;
        Ok(())
    }

    /// Adds what a batch contributes to quotients.
    pub(super) fn add_ratios(&mut self, ratios: &Ratios) -> Result<()> {
        let _guard = tch::no_grad_guard();
        let both = Tensor::f_stack(&[&ratios.above, &ratios.below], 0)?.f_to_kind(Kind::Double)?;
        let names = &ratios.names;
        if both.size() != [2, names.len() as i64] {
            let problem = "one number above and one below is needed for each name";
            return Err(Error::invalid(format!("measures {}", names.join(", ")), problem));
        }
        match &mut self.sides {
            Some(sides) => {
                let _in_place = sides.f_add_(&both)?;
            }
            None => (self.sides, self.quotients) = (Some(both), names.clone()),
        }
        Ok(())
    }

    /// The means over all rows and the quotients, and an empty tally again.
    pub(super) fn take(&mut self) -> Result<Vec<(String, f64)>> {
        let Self { names, sums, rows, quotients, sides } = std::mem::take(self);
        let Some(sums) = sums else { return Ok(Vec::new()) };
        let means = Vec::<f64>::try_from(sums)?.into_iter().map(|sum| sum / rows as f64);
        let mut measures: Vec<(String, f64)> = names.into_iter().zip(means).collect();
        if let Some(sides) = sides {
            let sides = Vec::<f64>::try_from(sides.f_reshape([-1])?)?;
            let (above, below) = sides.split_at(quotients.len());
            let values = above.iter().zip(below);
            let values =
                values.map(|(above, below)| if *below == 0.0 { 0.0 } else { above / below });
            measures.extend(quotients.into_iter().zip(values));
        }
        Ok(measures)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn means_count_rows_not_batches() {
        let mut tally = Tally::default();
        for (value, rows) in [(1.0_f32, 3), (5.0, 1)] {
            let loss = Tensor::from(value);
            let hits = Tensor::from_slice(&[i64::from(value > 2.0)]);
            tally.add(&[("loss", &loss), ("hits", &hits)], rows).unwrap();
        }
        assert_eq!(tally.take().unwrap(), [("loss".to_owned(), 2.0), ("hits".to_owned(), 0.25)]);
        assert!(tally.take().unwrap().is_empty());
    }

    #[test]
    fn quotients_are_of_sums_over_all_batches() {
        let mut tally = Tally::default();
        let loss = Tensor::from(1.0_f32);
        for (above, below) in [([1.0, 0.0], [1.0, 0.0]), ([1.0, 0.0], [7.0, 0.0])] {
            tally.add(&[("loss", &loss)], 2).unwrap();
            let names = vec!["precision".to_owned(), "of nothing".to_owned()];
            let [above, below] = [above, below].map(|sides| Tensor::from_slice(&sides));
            tally.add_ratios(&Ratios { names, above, below }).unwrap();
        }
        let measures = tally.take().unwrap();
        assert_eq!(measures[1..], [("precision".to_owned(), 0.25), ("of nothing".to_owned(), 0.0)]);
        let names = vec!["one".to_owned()];
        let [above, below] = [1, 2].map(|width| Tensor::from_slice(&vec![1.0; width]));
        assert!(tally.add_ratios(&Ratios { names, above, below: below.narrow(0, 0, 1) }).is_ok());
        assert_eq!(below.numel(), 2);
    }

    #[test]
    fn measures_that_do_not_fit_are_refused() {
        let mut tally = Tally::default();
        let (one, many) = (Tensor::from(1.0), Tensor::from_slice(&[1.0, 2.0]));
        assert!(tally.add(&[("loss", &many)], 2).unwrap_err().to_string().contains("mean"));
        tally.add(&[("loss", &one)], 2).unwrap();
        let error = tally.add(&[("cost", &one)], 2).unwrap_err().to_string();
        assert!(error.contains("measures cost") && error.contains("had loss"), "{error}");
    }
}
