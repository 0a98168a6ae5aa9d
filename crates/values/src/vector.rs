//! How two vectors are compared (`docs/API/VectorClass.md`).

/// How two vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The angle between them: 1 for the same direction, 0 for a right angle, -1 for opposite ones.
    Cosine,
    /// The sum of the products.
    Dot,
    /// The distance.
    Euclidean,
}

impl Metric {
    /// The metric of a name: the value of `mk cosine` and its like.
    ///
    /// ```
    /// use tessera_values::Metric;
    /// assert_eq!(Metric::named("dot"), Some(Metric::Dot));
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "cosine" => Self::Cosine,
            "dot" => Self::Dot,
            "euclidean" => Self::Euclidean,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot",
            Self::Euclidean => "euclidean",
        }
    }

    /// Two vectors of one length, compared.
    // UNSPECIFIED: a vector of length 0 has no direction. Taken: its cosine with any other is 0.
    pub fn measure(self, a: &[f64], b: &[f64]) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        match self {
            Metric::Dot => dot(a, b),
            Metric::Euclidean => a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt(),
            Metric::Cosine => {
                let lengths = (dot(a, a) * dot(b, b)).sqrt();
                if lengths == 0.0 { 0.0 } else { dot(a, b) / lengths }
            }
        }
    }
}
