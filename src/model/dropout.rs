//! Dropout whose random numbers cost little.

use tch::{Device, Kind, Tensor};

use super::stack::leaky_relu;
use crate::random::Random;
use crate::train::team::{self, CHUNK, Number, numbers};

/// Values of 16 random bits.
const VALUES: f64 = 65_536.0;

/// Dropout (Srivastava and others, 2014): in training a share of the numbers becomes zero, and the others are divided by one minus the share, so
/// that their mean stays. Outside of training nothing changes. On a CPU the share is that of the nearest of 65,536 steps.
pub(super) fn dropout(inputs: &Tensor, share: f64, training: bool) -> Tensor {
    if !training || share == 0.0 {
        return inputs.shallow_clone();
    }
    match factors(inputs, 1.0, share) {
        Some(factors) => inputs * factors,
        None => inputs.dropout(share, true),
    }
}

/// Inputs, those below zero times a slope, with dropout after it: both as one multiplication, forward and backward.
pub(super) fn leaky_dropout(inputs: &Tensor, slope: f64, share: f64, training: bool) -> Tensor {
    let factors = (training && share > 0.0).then(|| factors(inputs, slope, share)).flatten();
    match factors {
        Some(factors) => inputs * factors,
        None => dropout(&leaky_relu(inputs, slope), share, training),
    }
}

/// What each input is multiplied by: zero for a share of the places, for the others the same number above one, times a slope where the input is
/// not above zero. None for numbers of other kinds, or on another device.
fn factors(inputs: &Tensor, slope: f64, share: f64) -> Option<Tensor> {
    let inputs = inputs.detach();
    match (inputs.device(), inputs.kind()) {
        (Device::Cpu, Kind::Float) => made::<f32>(inputs, slope, share),
        (Device::Cpu, Kind::Double) => made::<f64>(inputs, slope, share),
        _ => None,
    }
}

/// Such factors, in the order of the inputs in memory. libtorch's own masks take a whole random number for each place, drawn by one thread, which
/// can cost as much as a convolution; here a number of 64 bits decides over four places, and each chunk has a generator of its own.
fn made<T: Number>(mut inputs: Tensor, slope: f64, share: f64) -> Option<Tensor> {
    if numbers::<T>(&mut inputs).is_none() {
        inputs = inputs.contiguous();
    }
    let mut factors = inputs.empty_like();
    let dropped = (share * VALUES).round().min(VALUES - 1.0);
    let kept = 1.0 / (1.0 - dropped / VALUES);
    let (dropped, kept, below) = (dropped as u16, T::nearest(kept), T::nearest(kept * slope));
    let factor = |bits: u64, place: usize, input: T| {
        let whole = if input > T::nearest(0.0) { kept } else { below };
        if ((bits >> (16 * place)) as u16) < dropped { T::nearest(0.0) } else { whole }
    };
    let mut seeds = Random::new(torch_seed());
    let chunks = numbers::<T>(&mut factors)?.chunks_mut(CHUNK);
    let chunks = chunks.zip(numbers::<T>(&mut inputs)?.chunks(CHUNK));
    let chunks = chunks.map(|chunk| (chunk, Random::new(seeds.next()))).collect();
    team::for_each(chunks, |((factors, inputs), mut random)| {
        let ((fours, rest), (inputs, last)) =
            (factors.as_chunks_mut::<4>(), inputs.as_chunks::<4>());
        for (factors, inputs) in fours.iter_mut().zip(inputs) {
            let bits = random.next();
            *factors = std::array::from_fn(|place| factor(bits, place, inputs[place]));
        }
        let bits = random.next();
        for (place, (made, input)) in rest.iter_mut().zip(last).enumerate() {
            *made = factor(bits, place, *input);
        }
    });
    Some(factors)
}

/// A seed from libtorch's generator, so that its seed repeats dropout as well.
fn torch_seed() -> u64 {
    let number = Tensor::empty([1], (Kind::Int64, Device::Cpu)).random_from(i64::MIN, None);
    number.int64_value(&[0]).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_dropped_and_the_mean_stays() {
        let _turn = crate::random::torch_turn();
        tch::manual_seed(3);
        let count = 400_003_i64;
        for share in [0.3, 0.5, 0.9] {
            let ones = Tensor::ones([count], (Kind::Double, Device::Cpu)).set_requires_grad(true);
            let outputs = dropout(&ones, share, true);
            let zeros = outputs.eq(0.0).sum(Kind::Double).double_value(&[]) / count as f64;
            // Five standard errors.
            let error = 5.0 * (share * (1.0 - share) / count as f64).sqrt();
            assert!((zeros - share).abs() < error + 1.0 / VALUES, "{zeros}");
            assert!(
                (outputs.mean(Kind::Double).double_value(&[]) - 1.0).abs() < error / (1.0 - share)
            );
            let gradient =
                Tensor::run_backward(&[outputs.sum(Kind::Double)], &[&ones], false, false);
            assert_eq!(gradient[0], outputs.detach());
            // Neighbours, which come of the same number, are dropped independently.
            for distance in 1..5 {
                let length = count - distance;
                let both = outputs.narrow(0, 0, length).eq(0.0).to_kind(Kind::Double)
                    * outputs.narrow(0, distance, length).eq(0.0).to_kind(Kind::Double);
                let both = both.mean(Kind::Double).double_value(&[]);
                assert!((both - share * share).abs() < error + 1.0 / VALUES, "{distance}: {both}");
            }
        }
    }

    #[test]
    fn a_seed_repeats_it_and_outside_of_training_nothing_changes() {
        let _turn = crate::random::torch_turn();
        let inputs = Tensor::rand([5, 7, 3], (Kind::Float, Device::Cpu));
        let drawn = |seed: i64| {
            tch::manual_seed(seed);
            dropout(&inputs, 0.4, true)
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_eq!((drawn(1).size(), drawn(1).kind()), (vec![5, 7, 3], Kind::Float));
        assert_eq!(dropout(&inputs, 0.4, false), inputs);
        assert_eq!(dropout(&inputs, 0.0, true), inputs);
        // A share next to one keeps something.
        assert!(dropout(&inputs, 0.999_999, true).isfinite().all().int64_value(&[]) == 1);
        assert_eq!(dropout(&inputs.narrow(0, 0, 0), 0.4, true).size(), [0, 7, 3]);
        // Numbers with gaps between them in memory, and of a kind that libtorch's own dropout takes.
        let part = inputs.narrow(2, 0, 2) + 1.0;
        let gaps = Tensor::cat(&[&part, &part], 2).narrow(2, 1, 2);
        let ratio = dropout(&gaps, 0.5, true) / &gaps;
        let known = (ratio.eq(0.0).logical_or(&(&ratio - 2.0).abs().lt(1e-6))).all();
        assert!(known.int64_value(&[]) == 1 && ratio.max().double_value(&[]) > 1.0);
        assert_eq!(dropout(&inputs.to_kind(Kind::Half), 0.5, true).kind(), Kind::Half);
    }

    #[test]
    fn after_leaky_relu_it_is_what_the_two_are_one_after_the_other() {
        let _turn = crate::random::torch_turn();
        let images = Tensor::randn([3, 4, 5, 6], (Kind::Double, Device::Cpu));
        let images = images.permute([0, 3, 1, 2]).set_requires_grad(true);
        let gradient = |outputs: &Tensor| {
            let loss = outputs.square().sum(Kind::Double);
            Tensor::run_backward(&[loss], &[&images], false, false).remove(0)
        };
        for (share, training) in [(0.4, true), (0.0, true), (0.4, false)] {
            tch::manual_seed(5);
            let together = leaky_dropout(&images, 0.3, share, training);
            tch::manual_seed(5);
            let apart = dropout(&leaky_relu(&images, 0.3), share, training);
            assert!(together.allclose(&apart, 1e-12, 0.0, false));
            assert!(gradient(&together).allclose(&gradient(&apart), 1e-12, 0.0, false));
            assert_eq!(together.stride(), images.stride());
        }
    }
}
