//! Children whose environment ended before them.
//!
//! A worker may be terminated while its children live on. Nobody hears of their end any more, but somebody must reap them, or they stay
//! zombies as long as the process runs. So each is asked again and again, by a task beside all event loops: soon at first, then less and
//! less often. That takes no descriptor, and a zombie is there for half a second at most. On the main thread's end the process ends as well, and
//! init inherits its children.

use std::time::Duration;

use tokio::time::sleep;

use crate::sys::background;
use crate::sys::os::process::Process;

/// The time between two questions: at first, and at most. It doubles in between.
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(500);

/// Reaps `child` when it ends, whenever that is.
pub fn adopt(child: Process) {
    // Without threads there is nothing better to do than leave the child to init.
    let _ = background::run(reap(child));
}

async fn reap(child: Process) {
    let mut pause = SHORTEST;
    while child.try_reap() == Ok(None) {
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}
