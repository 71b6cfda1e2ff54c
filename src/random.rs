//! Seeded random numbers, the same on every machine.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, seeded, the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Equal seeds give equal numbers.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal number, by the polar method (Marsaglia and Bray, SIAM Review 6, 1964). The logarithm is
    /// libm's, since the platforms' own differ in the last bit.
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (across, up) = (2.0 * self.share() - 1.0, 2.0 * self.share() - 1.0);
            let radius = across * across + up * up;
            if radius > 0.0 && radius < 1.0 {
                return across * (-2.0 * libm::log(radius) / radius).sqrt();
            }
        }
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = (self.share() * (index + 1) as f64) as usize;
            items.swap(index, other);
        }
    }

    /// The first `size` of 0..count, shuffled, in ascending order.
    pub(crate) fn subset(&mut self, count: usize, size: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..count).collect();
        self.shuffle(&mut items);
        items.truncate(size);
        items.sort_unstable();
        items
    }
}

/// libtorch's generator belongs to the whole process: tests that draw from it take turns, each while it holds this. Every turn
/// begins from one seed; libtorch takes a new one for each process otherwise.
#[cfg(test)]
pub(crate) fn torch_turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tch::manual_seed(1);
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_published_sequence() {
        let mut random = Random::new(1_234_567);
        assert_eq!(
            [random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }

    #[test]
    fn subsets_hold_each_item_once_and_all_items_in_time() {
        let mut random = Random::new(7);
        let mut seen = [0; 10];
        for _ in 0..1000 {
            let subset = random.subset(10, 4);
            assert!(subset.len() == 4 && subset.windows(2).all(|pair| pair[0] < pair[1]));
            subset.iter().for_each(|&item| seen[item] += 1);
        }
        assert!(seen.iter().all(|count| (330..470).contains(count)), "{seen:?}");
    }

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal_distribution() {
        let mut random = Random::new(7);
        let count = 200_000;
        let mut sums = [0.0; 4];
        for _ in 0..count {
            let value = random.normal();
            for (power, sum) in sums.iter_mut().enumerate() {
                *sum += value.powi(power as i32 + 1) / f64::from(count);
            }
        }
        // Five standard errors of each mean: √(1, 2, 15, 96) / √count.
        for (power, (sum, expected)) in sums.iter().zip([0.0, 1.0, 0.0, 3.0]).enumerate() {
            let error = [1.0, 2.0, 15.0, 96.0][power] / f64::from(count);
            assert!((sum - expected).abs() < 5.0 * f64::sqrt(error), "moment {}: {sum}", power + 1);
        }
    }

    #[test]
    fn equal_seeds_give_equal_numbers() {
        let (mut one, mut other) = (Random::new(3), Random::new(3));
        assert_eq!(one.normal().to_bits(), other.normal().to_bits());
        assert_ne!(Random::new(4).normal(), one.normal());
    }
}
