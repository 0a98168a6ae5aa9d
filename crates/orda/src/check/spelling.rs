//! Which name a misspelt one may mean.

/// A name, and what tells at a glance that another one is far from it: a project may have very many names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling<'a> {
    name: &'a str,
    length: usize,
    /// Which letters it has, case aside: a bit for each of them, and one for several of the rarer ones.
    letters: u64,
}

impl<'a> Spelling<'a> {
    pub(super) fn of(name: &'a str) -> Self {
        let bit = |letter: char| 1 << (letter.to_lowercase().next().unwrap_or(letter) as u32 % 64);
        let (length, letters) =
            name.chars().fold((0, 0), |(length, letters), letter| (length + 1, letters | bit(letter)));
        Self { name, length, letters }
    }

    /// The one among these that it may mean: the same but for the case, or with one letter more, less or another; two
    /// in longer names.
    pub(super) fn alike<'k>(self, known: impl IntoIterator<Item = Spelling<'k>>) -> Option<&'k str> {
        let lower = self.name.to_lowercase();
        let allowed = if self.name.len() > 4 { 2 } else { 1 };
        // One slip changes the set of letters by two at most.
        let is_near = |known: &Spelling<'_>| {
            known.length.abs_diff(self.length) <= allowed
                && (known.letters ^ self.letters).count_ones() as usize <= 2 * allowed
        };
        let near = known.into_iter().filter(is_near).map(|known| known.name);
        let slips = near.map(|known| (distance(&lower, &known.to_lowercase()), known));
        slips.filter(|(distance, _)| *distance <= allowed).min().map(|(_, known)| known)
    }
}

/// [`Spelling::alike`] where the names are few.
pub(super) fn alike<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Spelling::of(name).alike(known.into_iter().map(Spelling::of))
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(left != right)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *right && *left == b[j - 1] {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_recognised() {
        assert_eq!(alike("firts", ["first", "last"]), Some("first"));
        assert_eq!(alike("orderby", ["orderBy", "or"]), Some("orderBy"));
        assert_eq!(alike("nmae", ["name", "salary"]), Some("name"));
        assert_eq!(alike("colour", ["name", "salary"]), None);
        assert_eq!(alike("PréÑom", ["préñom"]), Some("préñom"));
        assert_eq!(alike("abcxyz", ["abcxy", "bacxyz", "abcxyq"]), Some("abcxy"));
    }
}
