//! Tensors of libtorch.

use tch::{Device, Kind, Tensor};

use super::{ELEMENTS, Inspect, product};

impl Inspect for Tensor {
    fn shape(&self) -> Option<String> {
        // libtorch raises an error for every question to a tensor without storage.
        self.defined().then(|| match self.size().as_slice() {
            [] => "scalar".into(),
            sizes => product(&sizes.iter().map(|size| *size as usize).collect::<Vec<_>>()),
        })
    }

    fn dtype(&self) -> Option<String> {
        self.defined().then(|| match self.kind() {
            Kind::Float => "f32".into(),
            Kind::Double => "f64".into(),
            Kind::Half => "f16".into(),
            Kind::BFloat16 => "bf16".into(),
            Kind::Int64 => "i64".into(),
            Kind::Int => "i32".into(),
            Kind::Int16 => "i16".into(),
            Kind::Int8 => "i8".into(),
            Kind::Uint8 => "u8".into(),
            Kind::Bool => "bool".into(),
            other => format!("{other:?}"),
        })
    }

    fn device(&self) -> Option<String> {
        self.defined().then(|| device_name(Tensor::device(self)))
    }

    /// Elements times their size: a view counts what it sees.
    fn memory(&self) -> usize {
        if !self.defined() {
            return size_of_val(self);
        }
        size_of_val(self) + self.numel() * self.kind().elt_size_in_bytes()
    }

    fn preview(&self) -> String {
        if !self.defined() {
            return "undefined".into();
        }
        if matches!(self.kind(), Kind::ComplexHalf | Kind::ComplexFloat | Kind::ComplexDouble) {
            // Conversion would show the real part alone.
            return String::new();
        }
        let words = match first_elements(self) {
            // Kinds without a double form still have a shape.
            Err(_) => return String::new(),
            Ok(values) => values.iter().map(|value| written(*value)).collect::<Vec<_>>(),
        };
        let more = if self.numel() > ELEMENTS { ", …" } else { "" };
        match (self.size().is_empty(), words.as_slice()) {
            (true, [value]) => value.clone(),
            _ => format!("[{}{more}]", words.join(", ")),
        }
    }
}

/// "CPU", "CUDA:0".
pub(crate) fn device_name(device: Device) -> String {
    match device {
        Device::Cpu => "CPU".into(),
        Device::Cuda(index) => format!("CUDA:{index}"),
        other => format!("{other:?}"),
    }
}

/// A few elements, copied from wherever they lie: the whole tensor is neither moved nor converted.
fn first_elements(tensor: &Tensor) -> Result<Vec<f64>, tch::TchError> {
    let mut part = tensor.f_detach()?;
    // Narrowing axis by axis makes no copy even where the elements are not in order.
    let mut wanted = ELEMENTS as i64;
    for (axis, size) in tensor.size().iter().enumerate().rev() {
        let length = wanted.min(*size);
        part = part.f_narrow(axis as i64, 0, length)?;
        wanted = wanted.checked_div(length).unwrap_or(0).max(1);
    }
    let part = part.f_to_device(Device::Cpu)?.f_to_kind(Kind::Double)?.f_reshape([-1])?;
    Vec::<f64>::try_from(&part)
}

/// In six digits at most.
fn written(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    rounded.to_string()
}
