//! Ctrl-C while something is fetched: the parts are whole at any moment, so that the program may just end.

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Status;

/// From now on, Ctrl-C and a request to terminate end the program with a word on what happens next.
pub fn watch() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            // Without these handlers the system ends the program itself, which does no harm either.
            let (Ok(mut interrupt), Ok(mut terminate)) =
                (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
            else {
                return;
            };
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            eprintln!(
                "\ninterrupted; what has arrived is kept, and the same command goes on with it"
            );
            std::process::exit(Status::Interrupted as i32);
        });
    });
}
