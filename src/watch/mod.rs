//! Watching children until they end.

mod orphans;
pub mod reactor;
mod registry;
mod tree;
