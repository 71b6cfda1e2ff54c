//! Weights in files.

use std::path::Path;

use tch::Device;

use super::factor::FactorVae;
use crate::Result;
use crate::model::network::Network;

impl FactorVae {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.encoder.linear1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("factors.safetensors");
    /// let model = FactorVae::new(FactorVaeConfig { beta: 0.5, ..Default::default() }, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(FactorVae::load(&path, Device::Cpu)?.config().beta, 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path)
    }

    /// A network from a file that [`save`](Self::save) or a training with checkpoints wrote.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where it cannot be read, [`Error::Malformed`](crate::Error::Malformed) where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        Self::read(path, device)
    }
}
