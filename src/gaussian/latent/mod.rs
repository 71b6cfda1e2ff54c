//! A sparse graph beside a few hidden variables: precision = sparse − low rank.

pub(super) mod certificate;
pub(super) mod fit;
pub(super) mod lasso;
pub(super) mod solver;
