//! What a chart takes for numbers.

use ndarray::{ArrayBase, Data, Dimension};
use tch::{Kind, Tensor};

/// A number that a chart can place.
///
/// # Example
/// ```
/// use latentlab::plot::Number;
///
/// assert_eq!(3_u8.to_float(), 3.0);
/// assert_eq!((&2.5_f32).to_float(), 2.5);
/// ```
pub trait Number: Copy {
    /// The number as `f64`.
    fn to_float(self) -> f64;
}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl Number for $type {
            fn to_float(self) -> f64 {
                self as f64
            }
        })+
    };
}

numbers!(f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl<T: Number> Number for &T {
    fn to_float(self) -> f64 {
        (*self).to_float()
    }
}

/// Numbers in a row: vectors, slices, arrays, `ndarray` arrays and views of any dimension (in logical order),
/// tensors of any shape, dtype and device, and the usual iterators over numbers.
///
/// # Example
/// ```
/// use latentlab::ndarray::array;
/// use latentlab::plot::Numbers;
/// use latentlab::tch::Tensor;
///
/// assert_eq!(vec![1_u32, 2].numbers(), [1.0, 2.0]);
/// assert_eq!(array![[1.0, 2.0], [3.0, 4.0]].column(1).numbers(), [2.0, 4.0]);
/// assert_eq!(Tensor::from_slice(&[0.5_f32, 0.25]).numbers(), [0.5, 0.25]);
/// assert_eq!((0..3).map(|i| i as f64 / 2.0).numbers(), [0.0, 0.5, 1.0]);
/// ```
pub trait Numbers {
    /// The numbers as `f64`.
    fn numbers(self) -> Vec<f64>;
}

/// Numbers with a name: a line, a sample, a row of bars.
pub(crate) type Series = (String, Vec<f64>);

/// How many numbers some series have together.
pub(crate) fn count<'a>(series: impl IntoIterator<Item = &'a Series>) -> usize {
    series.into_iter().map(|(_, values)| values.len()).sum()
}

fn collect<T: Number>(numbers: impl IntoIterator<Item = T>) -> Vec<f64> {
    numbers.into_iter().map(Number::to_float).collect()
}

macro_rules! iterated {
    ($([$($generics:tt)*] $type:ty),+ $(,)?) => {
        $(impl<$($generics)*> Numbers for $type
        where
            $type: IntoIterator<Item: Number>,
        {
            fn numbers(self) -> Vec<f64> {
                collect(self)
            }
        })+
    };
}

iterated!(
    [T] Vec<T>,
    ['a, T] &'a Vec<T>,
    ['a, T] &'a [T],
    [T, const N: usize] [T; N],
    ['a, T, const N: usize] &'a [T; N],
    [T] std::ops::Range<T>,
    [I, F] std::iter::Map<I, F>,
    [I, F] std::iter::Filter<I, F>,
    [I, F] std::iter::FilterMap<I, F>,
    [I] std::iter::Copied<I>,
    [I] std::iter::Cloned<I>,
    [I] std::iter::Take<I>,
    [I] std::iter::Skip<I>,
    [I] std::iter::StepBy<I>,
    [I] std::iter::Rev<I>,
    [I, J] std::iter::Chain<I, J>,
    ['a, T] std::slice::Iter<'a, T>,
);

impl<T: Number, S: Data<Elem = T>, D: Dimension> Numbers for ArrayBase<S, D> {
    fn numbers(self) -> Vec<f64> {
        collect(self.iter().copied())
    }
}

impl<T: Number, S: Data<Elem = T>, D: Dimension> Numbers for &ArrayBase<S, D> {
    fn numbers(self) -> Vec<f64> {
        collect(self.iter().copied())
    }
}

impl Numbers for &Tensor {
    fn numbers(self) -> Vec<f64> {
        if !self.defined() {
            return Vec::new();
        }
        let flat = self.detach().to_device(tch::Device::Cpu).to_kind(Kind::Double).flatten(0, -1);
        Vec::try_from(&flat).unwrap_or_default()
    }
}

impl Numbers for Tensor {
    fn numbers(self) -> Vec<f64> {
        (&self).numbers()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn what_holds_numbers_gives_them_in_order() {
        let wanted = [1.0, 2.0, 3.0];
        assert_eq!([1, 2, 3].numbers(), wanted);
        assert_eq!((&[1.0_f32, 2.0, 3.0][..]).numbers(), wanted);
        assert_eq!((&vec![1_u8, 2, 3]).numbers(), wanted);
        assert_eq!((1..4).numbers(), wanted);
        assert_eq!([1.0, 2.0, 3.0].iter().rev().rev().numbers(), wanted);
        let matrix: Array2<f32> = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(matrix.t().numbers(), [1.0, 3.0, 2.0, 4.0]);
        assert_eq!(Tensor::from_slice(&[1_i64, 2, 3]).numbers(), wanted);
        assert_eq!(Tensor::from_slice(&[true, false]).numbers(), [1.0, 0.0]);
        assert_eq!(Tensor::new().numbers(), Vec::<f64>::new());
        assert_eq!(Tensor::from(5.0).numbers(), [5.0]);
    }
}
