//! Random numbers that depend on a seed and an epoch alone.

use crate::random::Random;

/// What random numbers are for: equal seeds give different ones for different purposes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Order = 1,
    Torch = 2,
}

pub(super) fn seeded(seed: u64, epoch: usize, purpose: Purpose) -> Random {
    let seed = Random::new(seed).next() ^ (epoch as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Random::new(Random::new(seed).next() ^ purpose as u64)
}

/// Seeds libtorch's generators, from which dropout and noise come. tch cannot read their state; what a resumed run needs
/// is therefore not the state but the epoch.
pub(super) fn seed_torch(seed: u64, epoch: usize) {
    tch::manual_seed((seeded(seed, epoch, Purpose::Torch).next() >> 1) as i64);
}
