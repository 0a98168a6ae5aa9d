//! Choices that look random and are the same for the same seed.

/// SplitMix64.
///
/// ```
/// use tessera_test_support::Dice;
///
/// let (mut dice, mut again) = (Dice::new(7), Dice::new(7));
/// assert_eq!(dice.below(1000), again.below(1000));
/// assert!(["a", "b"].contains(dice.pick(&["a", "b"])));
/// ```
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// How far a roll goes on.
    pub(crate) const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// Starts with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 below nothing.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of a list that is not empty.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}
