//! The first weights of layers.

use tch::nn::Init;

/// How weights begin.
///
/// | | weights | biases |
/// |---|---|---|
/// | `Keras` | uniform within ± √(6 / (fan in + fan out)) (Glorot and Bengio, 2010) | zero |
/// | `PyTorch` | uniform within ± 1 / √(fan in) | likewise |
/// | `Normal` | normal, standard deviation 0.02 (Radford, Metz and Chintala, 2016) | zero |
///
/// # Example
/// ```
/// use latentlab::model::Initialization;
///
/// assert_eq!(Initialization::default(), Initialization::Keras);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Initialization {
    /// What Keras does by default.
    #[default]
    Keras,
    /// What PyTorch does by default.
    PyTorch,
    /// What adversarial networks of pictures are often given.
    Normal,
}

impl Initialization {
    /// The rules for a weight of a shape, and for the bias beside it. The fans are those of the two libraries: both count
    /// the second side of PyTorch's shape as inputs, also for transposed convolutions, where these are outputs.
    pub(super) fn of(self, shape: &[i64]) -> (Init, Init) {
        let field: i64 = shape.iter().skip(2).product();
        let (fan_in, fan_out) = ((shape[1] * field) as f64, (shape[0] * field) as f64);
        let uniform = |bound: f64| Init::Uniform { lo: -bound, up: bound };
        match self {
            Self::Keras => (uniform((6.0 / (fan_in + fan_out)).sqrt()), Init::Const(0.0)),
            Self::Normal => (Init::Randn { mean: 0.0, stdev: 0.02 }, Init::Const(0.0)),
            Self::PyTorch => (uniform(1.0 / fan_in.sqrt()), uniform(1.0 / fan_in.sqrt())),
        }
    }
}
