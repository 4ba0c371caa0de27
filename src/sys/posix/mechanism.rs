//! The one way in which children are started here.

use crate::error::Failure;
use crate::sys::fork;
use crate::sys::image::Image;

use super::process::Process;

/// Starts the program that `image` describes.
pub fn start(image: &Image) -> Result<Process, Failure> {
    fork::start(image, true)
}
