//! Places where a function of our own stands in autograd's graph.

use tch::{TchError, Tensor};

use crate::Result;

/// A place where the graph of a loss is cut: below it something was computed without autograd, and above it its outputs are a leaf. tch has
/// no way to give autograd a function with a gradient of its own; cut into pieces, the graph needs none.
pub(crate) struct Cut {
    /// What the part above takes; it requires a gradient.
    pub(crate) outputs: Tensor,
    pub(crate) backward: Backward,
}

/// From the gradient of the outputs to those of what they were computed of.
type Backward = Box<dyn Fn(&Tensor) -> Result<Below>>;

/// What the backward pass of a [`Cut`] gives.
pub(crate) struct Below {
    /// The tensor of the part below, with its graph, and its gradient.
    pub(crate) inputs: (Tensor, Tensor),
    /// The weight that the outputs were computed with, and its gradient.
    pub(crate) weight: (Tensor, Tensor),
}

/// The gradients of a loss for variables, through cuts in the order in which they were computed; none where the loss does not depend on a variable.
pub(super) fn gradients(
    loss: &Tensor,
    variables: &[Tensor],
    cuts: &[Cut],
    keep: bool,
) -> Result<Vec<Option<Tensor>>> {
    let mut found: Vec<Option<Tensor>> = variables.iter().map(|_| None).collect();
    let (mut above, mut keep) = (loss.shallow_clone(), keep);
    for cut in cuts.iter().rev() {
        let wanted: Vec<&Tensor> = variables.iter().chain([&cut.outputs]).collect();
        let mut parts = Tensor::f_run_backward(&[&above], &wanted, keep, false)?;
        let at_cut = parts.pop().filter(Tensor::defined);
        add(&mut found, parts)?;
        let Some(at_cut) = at_cut else { return Ok(found) };
        let below = (cut.backward)(&at_cut)?;
        let (weight, gradient) = below.weight;
        let same = |variable: &Tensor| variable.data_ptr() == weight.data_ptr();
        if let Some(place) = variables.iter().position(same) {
            add(&mut found[place..=place], vec![gradient])?;
        }
        let (inputs, gradient) = below.inputs;
        if !inputs.requires_grad() {
            return Ok(found);
        }
        // Its gradient for the inputs is the one that is known.
        above = inputs.f_reshape([-1])?.f_dot(&gradient.f_reshape([-1])?)?;
        keep = false;
    }
    add(&mut found, Tensor::f_run_backward(&[&above], variables, keep, false)?)?;
    Ok(found)
}

fn add(found: &mut [Option<Tensor>], parts: Vec<Tensor>) -> Result<(), TchError> {
    for (known, part) in found.iter_mut().zip(parts) {
        if part.defined() {
            *known = Some(match known.take() {
                Some(known) => known.f_add(&part)?,
                None => part,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::{Kind, no_grad};

    use super::*;

    fn leaf(values: &[f32]) -> Tensor {
        Tensor::from_slice(values).set_requires_grad(true)
    }

    /// Inputs times a weight, computed without a graph.
    fn times(inputs: &Tensor, weight: &Tensor) -> Cut {
        let outputs = no_grad(|| inputs * weight).set_requires_grad(true);
        let (inputs, weight) = (inputs.shallow_clone(), weight.shallow_clone());
        let backward = move |gradient: &Tensor| {
            no_grad(|| {
                Ok(Below {
                    inputs: (inputs.shallow_clone(), gradient * &weight),
                    weight: (weight.shallow_clone(), gradient * &inputs),
                })
            })
        };
        Cut { outputs, backward: Box::new(backward) }
    }

    #[test]
    fn a_graph_in_pieces_has_the_gradients_of_the_whole() {
        let (x, v, w, other) =
            (leaf(&[0.5, 2.0]), leaf(&[3.0, -1.0]), leaf(&[-2.0, 0.5]), leaf(&[1.0]));
        let variables = [&x, &v, &w, &other].map(Tensor::shallow_clone);
        // The first weight is used once more above the cuts, and the second one in front of them.
        let top = |outputs: &Tensor| (outputs.square() + outputs * &v).sum(Kind::Float);
        let start = || x.sin() * &w;
        let whole = Tensor::run_backward(
            &[top(&((start() * &v).cos() * &w))],
            &variables[..3],
            false,
            false,
        );
        let first = times(&start(), &v);
        let second = times(&first.outputs.cos(), &w);
        let loss = top(&second.outputs);
        let parts = gradients(&loss, &variables, &[first, second], false).unwrap();
        for (part, whole) in parts.iter().zip(&whole) {
            assert!(part.as_ref().unwrap().allclose(whole, 1e-5, 1e-6, false));
        }
        assert!(parts[3].is_none());
    }

    #[test]
    fn nothing_is_sought_where_nothing_depends_on_it() {
        let (w, v) = (leaf(&[2.0]), leaf(&[5.0]));
        let variables = [w.shallow_clone(), v.shallow_clone()];
        // Inputs without a graph: the way ends at the weight.
        let cut = times(&Tensor::from_slice(&[3.0_f32]), &w);
        let loss = cut.outputs.sum(Kind::Float);
        let found = gradients(&loss, &variables, &[cut], false).unwrap();
        assert_eq!(found[0].as_ref().unwrap(), &Tensor::from_slice(&[3.0_f32]));
        assert!(found[1].is_none());
        // A loss that does not use the outputs.
        let cut = times(&v.sin(), &w);
        let found = gradients(&v.square().sum(Kind::Float), &variables, &[cut], false).unwrap();
        assert!(found[0].is_none());
        assert_eq!(found[1].as_ref().unwrap(), &Tensor::from_slice(&[10.0_f32]));
    }
}
