//! The factor that keeps gradients in 16 bits above zero.

/// Grows while all is finite, and shrinks at once when something is not, as `torch.amp.GradScaler` does.
#[derive(Debug)]
pub(super) struct LossScale {
    pub(super) factor: f64,
    finite_steps: u32,
}

/// Finite steps before the factor doubles.
const PATIENCE: u32 = 2000;

impl Default for LossScale {
    fn default() -> Self {
        Self { factor: 65_536.0, finite_steps: 0 }
    }
}

impl LossScale {
    pub(super) fn learn(&mut self, finite: bool) {
        self.finite_steps = if finite { self.finite_steps + 1 } else { 0 };
        if !finite {
            self.factor /= 2.0;
        } else if self.finite_steps == PATIENCE {
            self.factor *= 2.0;
            self.finite_steps = 0;
        }
    }
}
