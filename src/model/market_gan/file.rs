//! Weights in files.

use std::path::Path;

use tch::Device;

use super::gan::MarketGan;
use crate::Result;
use crate::model::network::Network;

impl MarketGan {
    /// Writes the weights of both networks as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `generator.conv1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("market.safetensors");
    /// let gan = MarketGan::new(MarketGanConfig { days: 60, ..Default::default() }, Device::Cpu, 1)?;
    /// gan.save(&path)?;
    /// assert_eq!(MarketGan::load(&path, Device::Cpu)?.config().days, 60);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path)
    }

    /// Networks from a file that [`save`](Self::save) wrote.
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
