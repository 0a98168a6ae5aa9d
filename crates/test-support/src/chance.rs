//! A source of chance that gives every test run the same bytes.

use std::sync::atomic::{AtomicU64, Ordering};

use tessera_values::Chance;

use crate::Dice;

/// Bytes that look random, never repeat within one source, and are the same in every run.
///
/// Fills of eight bytes or more differ from one another; shorter ones may meet by accident.
///
/// ```
/// use tessera_test_support::SequenceChance;
/// use tessera_values::Chance;
///
/// let (chance, again) = (SequenceChance::new(), SequenceChance::new());
/// let (mut first, mut second) = ([0; 16], [0; 16]);
/// chance.fill(&mut first);
/// again.fill(&mut second);
/// assert_eq!(first, second);
/// chance.fill(&mut second);
/// assert_ne!(first, second);
/// ```
#[derive(Debug, Default)]
pub struct SequenceChance(AtomicU64);

impl SequenceChance {
    /// Starts at the beginning of the sequence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts elsewhere: sources with other seeds give other bytes.
    pub fn with_seed(seed: u64) -> Self {
        Self(AtomicU64::new(seed << 32))
    }
}

impl Chance for SequenceChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = word(self.0.fetch_add(1, Ordering::Relaxed)).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// One word in, another out, no two inputs to the same output.
fn word(counter: u64) -> u64 {
    Dice::new(counter.wrapping_mul(Dice::STEP)).roll()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn secrets_never_repeat() {
        let chance = SequenceChance::new();
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let mut bytes = [0; 32];
            chance.fill(&mut bytes);
            assert!(seen.insert(bytes));
        }
    }

    #[test]
    fn odd_lengths_are_filled_to_the_end() {
        let mut bytes = [0; 13];
        SequenceChance::with_seed(7).fill(&mut bytes);
        assert!(bytes[8..].iter().any(|&byte| byte != 0));
    }
}
