//! What training lowers, and what it counts.

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::classifier::HybridClassifier;
use crate::train::{Batch, Losses, Model, Pass};
use crate::{Error, Result};

/// Names of the classes in measures.
const CLASSES: [&str; 3] = ["under", "neutral", "over"];

impl Model for HybridClassifier {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses> {
        if pass.training && batch.len() < 2 {
            let problem =
                "batch normalisation needs two; take another batch size or LastBatch::Drop";
            return Err(Error::invalid("a batch of one example", problem));
        }
        let classes = batch.targets()?;
        let logits = self.logits(batch, pass.training)?;
        if classes.size() != [logits.size()[0]] || classes.kind() != Kind::Int64 {
            let what = format!("classes of shape {:?}, {:?}", classes.size(), classes.kind());
            return Err(Error::invalid(what, "one number of kind Int64 for each series is needed"));
        }
        let surprise = -logits
            .f_log_softmax(1, None::<Kind>)?
            .f_gather(1, &classes.unsqueeze(1), false)?
            .squeeze_dim(1);
        let surprise = if pass.training {
            let weights = Tensor::f_from_slice(&self.config.class_weights)?;
            surprise
                * weights
                    .to_kind(logits.kind())
                    .to_device(logits.device())
                    .f_index_select(0, classes)?
        } else {
            surprise
        };
        let loss = surprise.mean(surprise.kind()) + self.penalty();
        tch::no_grad(|| counted_outcomes(Losses::new(loss), &logits, classes))
    }
}

/// Adds what the predictions of a batch are worth.
fn counted_outcomes(losses: Losses, logits: &Tensor, classes: &Tensor) -> Result<Losses> {
    let kind = (logits.kind(), logits.device());
    let (_, best) = logits.f_topk(2, 1, true, true)?;
    let hits = best.f_eq_tensor(&classes.unsqueeze(1))?.f_to_kind(kind.0)?;
    let one_hot = |classes: &Tensor| classes.one_hot(3).to_kind(kind.0);
    // Rows are true classes, columns predicted ones.
    let counts = one_hot(classes).tr().f_matmul(&one_hot(&best.select(1, 0)))?;
    let right = counts.diag(0);
    let sums = |axis: i64| counts.sum_dim_intlist([axis].as_slice(), false, kind.0);
    let names = |measure: &str| CLASSES.map(|class| format!("{measure}_{class}")).into_iter();
    Ok(losses
        .with("accuracy", hits.select(1, 0).mean(kind.0))
        .with("top2_accuracy", hits.sum(kind.0) / classes.size()[0] as f64)
        .with_ratios(
            names("precision").chain(names("recall")),
            Tensor::f_cat(&[&right, &right], 0)?,
            Tensor::f_cat(&[sums(0), sums(1)], 0)?,
        ))
}
