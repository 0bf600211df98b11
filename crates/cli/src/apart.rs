//! Work for the processor, on a thread of its own, that ends with whoever waits for it.

use std::thread::JoinHandle;

use tokio::sync::oneshot;
use weixin_video_studio::{Control, Error};

use crate::failure::Failure;

/// Does it there. Once this is dropped the work is cancelled, and what it left is gone.
pub(crate) async fn apart<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&Control) -> T + Send + 'static,
) -> Result<T, Failure> {
    let control = Control::new();
    let (tell, told) = oneshot::channel();
    let watched = control.clone();
    let work = move || {
        // Nobody listens any more when it was cancelled.
        let _ = tell.send(work(&watched));
    };
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    let thread = thread.map_err(|error| {
        let message = format!("the system refuses another thread: {error}");
        Failure::new("no_runtime", message, "Check the limits of this process.")
    })?;
    let _work = Work { control, thread: Some(thread) };
    told.await.map_err(|_| Failure::from(Error::Cancelled))
}

/// Work that ends with this.
struct Work {
    control: Control,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.control.cancel();
        // A panic over there was told on stderr already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
