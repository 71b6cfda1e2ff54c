//! Variables as views of one tensor.

use tch::{Kind, TchError, Tensor};

use crate::{Error, Result};

/// One variable's place in the buffers.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) name: String,
    pub(super) variable: Tensor,
    size: Vec<i64>,
    /// Whether the variable lies in memory with its channels last; buffers keep that order.
    channels_last: bool,
    start: i64,
    length: i64,
}

/// The variables of one kind on one device, and a buffer of the same layout for their gradients.
#[derive(Debug)]
pub(super) struct Flat {
    pub(super) parameters: Tensor,
    pub(super) gradient: Tensor,
    pub(super) pieces: Vec<Piece>,
}

impl Piece {
    /// This piece of a buffer, in the variable's shape.
    pub(super) fn view(&self, buffer: &Tensor) -> Result<Tensor, TchError> {
        let row = buffer.f_narrow(0, self.start, self.length)?;
        match self.size[..] {
            [out, channels, height, width] if self.channels_last => {
                row.f_view([out, height, width, channels])?.f_permute([0, 3, 1, 2])
            }
            _ => row.f_view(self.size.as_slice()),
        }
    }

    /// A tensor of the variable's shape as a row in the order of the buffers; free where it lies in memory that way.
    fn row(&self, tensor: &Tensor) -> Result<Tensor, TchError> {
        if self.channels_last {
            tensor.f_permute([0, 2, 3, 1])?.f_reshape([-1])
        } else {
            tensor.f_reshape([-1])
        }
    }
}

impl Flat {
    /// Moves variables of one kind and device into a buffer; they keep their values, and layers that hold them see no
    /// difference.
    pub(super) fn new(named: Vec<(String, Tensor)>) -> Result<Self> {
        let _guard = tch::no_grad_guard();
        let mut start = 0;
        let mut pieces = Vec::with_capacity(named.len());
        for (name, variable) in named {
            let (size, length) = (variable.size(), variable.numel() as i64);
            let channels_last = lies_channels_last(&variable);
            pieces.push(Piece { name, variable, size, channels_last, start, length });
            start += length;
        }
        let rows: Result<Vec<Tensor>, TchError> =
            pieces.iter().map(|piece| piece.row(&piece.variable.f_detach()?)).collect();
        let parameters = Tensor::f_cat(&rows?, 0)?;
        let gradient = parameters.f_zeros_like()?;
        let mut flat = Self { parameters, gradient, pieces };
        flat.bind()?;
        Ok(flat)
    }

    /// Makes the variables views of the buffer.
    fn bind(&mut self) -> Result<(), TchError> {
        for piece in &mut self.pieces {
            let view = piece.view(&self.parameters)?;
            piece.variable.f_set_data(&view)?;
        }
        Ok(())
    }

    /// Takes up values from variables that no longer lie in the buffer: another optimiser was made for them, or they were
    /// read from a file.
    pub(super) fn refresh(&mut self) -> Result<()> {
        let width = self.parameters.kind().elt_size_in_bytes();
        let base = self.parameters.data_ptr() as usize;
        let lies = |piece: &Piece| {
            piece.variable.data_ptr() as usize == base + piece.start as usize * width
        };
        if self.pieces.iter().all(lies) {
            return Ok(());
        }
        let _guard = tch::no_grad_guard();
        for piece in &self.pieces {
            let (device, kind) = (self.parameters.device(), self.parameters.kind());
            if piece.variable.device() != device
                || piece.variable.kind() != kind
                || piece.variable.size() != piece.size
            {
                return Err(Error::invalid(
                    format!("weight `{}`", piece.name),
                    format!(
                        "it has become {:?} {:?} on {:?} since this optimiser was made for {:?} {kind:?} on {device:?}; make a \
                         new optimiser",
                        piece.variable.kind(),
                        piece.variable.size(),
                        piece.variable.device(),
                        piece.size
                    ),
                ));
            }
            piece.view(&self.parameters)?.f_copy_(&piece.variable.f_detach()?)?;
        }
        Ok(self.bind()?)
    }

    /// Writes gradients, one for each piece, into the buffer by one kernel. Where there is none, zeros.
    pub(super) fn gather(&mut self, gradients: &[Option<Tensor>]) -> Result<(), TchError> {
        let rows: Result<Vec<Tensor>, TchError> = self
            .pieces
            .iter()
            .zip(gradients)
            .map(|(piece, gradient)| match gradient {
                Some(gradient) => piece.row(gradient),
                None => {
                    Tensor::f_zeros([piece.length], (self.gradient.kind(), self.gradient.device()))
                }
            })
            .collect();
        let _out = Tensor::f_cat_out(&self.gradient, &rows?, 0)?;
        Ok(())
    }

    /// From where to how far the pieces `first..end` lie in the buffers.
    pub(super) fn extent(&self, first: usize, end: usize) -> (i64, i64) {
        let start = self.pieces[first].start;
        let last = &self.pieces[end - 1];
        (start, last.start + last.length - start)
    }
}

/// Whether a convolution's weights lie with their channels last. Where both orders are the same memory, they count as
/// lying the usual way.
fn lies_channels_last(tensor: &Tensor) -> bool {
    let (size, stride) = (tensor.size(), tensor.stride());
    match (&size[..], &stride[..]) {
        ([_, channels, height, width], &[out, 1, down, across]) => {
            !tensor.is_contiguous()
                && across == *channels
                && down == channels * width
                && out == channels * width * height
        }
        _ => false,
    }
}

/// The kinds that gradients can be taken of.
pub(super) fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::Float | Kind::Double | Kind::Half | Kind::BFloat16)
}
