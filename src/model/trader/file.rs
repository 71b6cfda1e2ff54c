//! Weights in files.

use std::path::Path;

use tch::Device;

use super::neural::NeuralTrader;
use crate::Result;
use crate::model::network::Network;

impl NeuralTrader {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.linear0.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("trader.safetensors");
    /// let trader = NeuralTrader::new(TraderConfig { hidden: 8, ..Default::default() }, Device::Cpu, 1)?;
    /// trader.save(&path)?;
    /// assert_eq!(NeuralTrader::load(&path, Device::Cpu)?.config().hidden, 8);
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
