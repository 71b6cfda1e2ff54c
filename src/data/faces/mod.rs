//! Faces: photographs of Labeled Faces in the Wild as one downloads them, and faces that the library draws itself, with
//! scores for what they show.
//!
//! [`FaceData::open`] takes the photographs where `LATENTLAB_DATA` points to them or `cargo lab fetch lfw` has put them,
//! else drawn faces; [`FaceReader`] has all options. [`FaceParameters`] draws single faces.
//!
//! Labeled Faces in the Wild: G. B. Huang, M. Ramesh, T. Berg and E. Learned-Miller, University of Massachusetts, Amherst,
//! Technical Report 07-49, 2007; aligned by deep funneling: Huang, Mattar, Lee and Learned-Miller, NIPS 2012. Attributes:
//! N. Kumar, A. C. Berg, P. N. Belhumeur and S. K. Nayar, ICCV 2009.

mod archive;
mod attributes;
mod cache;
mod drawn;
mod face_data;
mod gallery;
mod groups;
mod merge;
mod photographs;
mod picture;
mod preparation;
mod reader;
mod report;
mod resample;
mod source;

#[cfg(test)]
mod tests;

pub use drawn::FaceParameters;
pub use face_data::FaceData;
pub use reader::FaceReader;
pub use report::FaceReport;
pub use resample::ResizeFilter;
pub use source::FaceSource;
