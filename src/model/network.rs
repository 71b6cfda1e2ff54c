//! What all networks have in common: the file of their weights, their size, their line of text.

use std::path::Path;

use tch::Device;
use tch::nn::VarStore;

use crate::train::{Checkpoint, State, write_checkpoint};
use crate::words::counted;
use crate::{Error, Result};

/// Weights in one or more parts, and a name from which the network that they belong to can be made again.
pub(super) trait Network: Sized {
    /// What it is called in messages, with its article.
    const KIND: &'static str;

    /// The type and all choices: the name in files.
    fn title(&self) -> String;

    /// The weights, under the names that parts have in files.
    fn parts(&self) -> Vec<(&'static str, &VarStore)>;

    /// As [`parts`](Self::parts), to be filled.
    fn parts_mut(&mut self) -> Vec<(&'static str, &mut VarStore)>;

    /// A network with new weights and the choices of a title; none where the title is that of another type.
    fn titled(title: &str, device: Device) -> Option<Result<Self>>;

    /// How many numbers it learns.
    fn learned(&self) -> usize {
        let parts = self.parts();
        parts.iter().flat_map(|(_, part)| part.trainable_variables()).map(|one| one.numel()).sum()
    }

    /// The line of text that stands for it.
    fn line(&self) -> String {
        let device = self.parts().first().map_or(Device::Cpu, |(_, part)| part.device());
        let parameters = counted(self.learned(), "parameter");
        format!("{}; {parameters} on {device:?}", self.title())
    }

    /// Writes the weights, aside first.
    fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let parts = self.parts();
        let parts: Vec<(&str, &dyn State)> =
            parts.into_iter().map(|(name, part)| (name, part as &dyn State)).collect();
        write_checkpoint(path, &self.title(), &parts)
    }

    /// A network from a file of [`write`](Self::write).
    fn read(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        Self::restored(&path, &Checkpoint::read(&path)?, device)
    }

    /// A network from what was read; errors name the path.
    fn restored(path: impl AsRef<Path>, checkpoint: &Checkpoint, device: Device) -> Result<Self> {
        let title = checkpoint.name();
        let Some(network) = Self::titled(title, device) else {
            let problem = format!("it is of `{title}`, and {} is needed", Self::KIND);
            return Err(Error::malformed(path, None, problem));
        };
        let mut network = network?;
        let parts = network.parts_mut().into_iter();
        let mut parts: Vec<(&str, &mut dyn State)> =
            parts.map(|(name, part)| (name, part as &mut dyn State)).collect();
        checkpoint.restore(title, &mut parts)?;
        Ok(network)
    }
}

/// Makes a type a [`Network`] whose choices are all in its `config`, and shows it as its line of text.
macro_rules! network {
    ($type:ident, $kind:literal, $config:ident, { $($part:literal: $store:ident),+ }) => {
        impl $crate::model::network::Network for $type {
            const KIND: &'static str = $kind;

            fn title(&self) -> String {
                self.config.name()
            }

            fn parts(&self) -> Vec<(&'static str, &tch::nn::VarStore)> {
                vec![$(($part, &self.$store)),+]
            }

            fn parts_mut(&mut self) -> Vec<(&'static str, &mut tch::nn::VarStore)> {
                vec![$(($part, &mut self.$store)),+]
            }

            fn titled(title: &str, device: tch::Device) -> Option<$crate::Result<Self>> {
                Some(Self::new($config::from_name(title)?, device, 0))
            }
        }

        $crate::model::network::shown_as_its_line!($type);
    };
}

/// Shows a [`Network`] as its line of text wherever values are shown.
macro_rules! shown_as_its_line {
    ($type:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&$crate::model::network::Network::line(self))
            }
        }

        impl $crate::notebook::Show for $type {
            fn rich(&self) -> $crate::notebook::Rich {
                $crate::notebook::Rich::text(self.to_string())
            }
        }

        impl $crate::notebook::variables::Inspect for $type {
            fn device(&self) -> Option<String> {
                Some($crate::notebook::variables::device_name(Self::device(self)))
            }

            fn preview(&self) -> String {
                self.to_string()
            }
        }
    };
}

pub(super) use network;
pub(super) use shown_as_its_line;
