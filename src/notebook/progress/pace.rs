//! How often a bar looks at the clock.

use std::time::Duration;

/// Calls between two looks at most. More would save nothing that can be measured, and a loop that turns slow after a
/// fast start would not be shown for as many of its slow steps.
const LONGEST: u32 = 16;
/// Calls between looks double while as many of them take less than this.
const FAST: Duration = Duration::from_millis(1);

/// Counts calls, so that a tight loop asks for the time at only a few of them.
#[derive(Debug)]
pub(super) struct Pace {
    left: u32,
    stride: u32,
    looked: Duration,
}

impl Default for Pace {
    /// The first call looks.
    fn default() -> Self {
        Self { left: 1, stride: 1, looked: Duration::ZERO }
    }
}

impl Pace {
    /// Counts a call; true where it is time to look.
    #[inline]
    pub(super) fn due(&mut self) -> bool {
        self.left -= 1;
        self.left == 0
    }

    /// Notes a look, and decides when the next one is.
    pub(super) fn looked(&mut self, now: Duration) {
        let fast = now.saturating_sub(self.looked) < FAST;
        self.stride = if fast { (self.stride * 2).min(LONGEST) } else { 1 };
        self.left = self.stride;
        self.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls, of `count` that come `apart`, that look at the clock.
    fn looks(pace: &mut Pace, now: &mut Duration, count: u32, apart: Duration) -> u32 {
        (0..count)
            .map(|_| {
                *now += apart;
                let due = pace.due();
                if due {
                    pace.looked(*now);
                }
                u32::from(due)
            })
            .sum()
    }

    #[test]
    fn fast_loops_look_rarely_and_slow_ones_each_time() {
        let (mut pace, mut now) = (Pace::default(), Duration::ZERO);
        let fast = looks(&mut pace, &mut now, 16_000, Duration::from_nanos(5));
        assert!((1000..1010).contains(&fast), "{fast}");
        let turning_slow = looks(&mut pace, &mut now, LONGEST, Duration::from_secs(1));
        assert!(turning_slow >= 1);
        assert_eq!(looks(&mut pace, &mut now, 100, Duration::from_secs(1)), 100);
    }
}
