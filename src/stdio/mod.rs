//! A child's descriptors: what it is given, and in which order the numbers are put in place.

pub mod ends;
pub mod plan;
pub mod streams;
pub mod version_tag;
