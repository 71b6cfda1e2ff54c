//! Weights in files.

use std::path::Path;

use tch::Device;

use super::network::Dcgan;
use crate::Result;
use crate::model::network::Network;

impl Dcgan {
    /// Writes the weights of both networks as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names
    /// are such as `generator.conv1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("digits.safetensors");
    /// let model = Dcgan::new(DcganConfig::baseline(), Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(Dcgan::load(&path, Device::Cpu)?.sample(2, 3)?, model.sample(2, 3)?);
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
