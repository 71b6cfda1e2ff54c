//! Weights in files.

use std::path::Path;

use tch::Device;

use super::config::DcganConfig;
use super::network::Dcgan;
use crate::train::{Checkpoint, write_checkpoint};
use crate::{Error, Result};

impl Dcgan {
    /// Writes the weights of both networks as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names
    /// are such as `generator.conv1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
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
        let parts: [(&str, &dyn crate::train::State); 2] =
            [("generator", &self.generator_store), ("discriminator", &self.discriminator_store)];
        write_checkpoint(path, &self.config.name(), &parts)
    }

    /// Networks from a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Malformed`] where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        let checkpoint = Checkpoint::read(&path)?;
        let name = checkpoint.name().to_owned();
        let Some(config) = DcganConfig::from_name(&name) else {
            let problem = format!("it is of `{name}`, and a `Dcgan` is needed");
            return Err(Error::malformed(path, None, problem));
        };
        let mut model = Self::new(config, device, 0)?;
        checkpoint.restore(
            &name,
            &mut [
                ("generator", &mut model.generator_store),
                ("discriminator", &mut model.discriminator_store),
            ],
        )?;
        Ok(model)
    }
}
