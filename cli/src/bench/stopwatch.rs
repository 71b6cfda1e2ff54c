//! The time of one cell, from sending it until the kernel has replied and become idle.

use std::time::{Duration, Instant};

use jupyter_protocol::JupyterMessageContent;

use crate::failure::{Failure, Result};
use crate::run::session::{Event, Session, is_idle};
use crate::run::ticker::first_line;

/// A cell that takes longer than this hangs. A stock kernel compiles the whole library in its first one.
const LIMIT: Duration = Duration::from_secs(3600);

/// How a cell went.
pub struct Lap {
    pub seconds: f64,
    /// What the kernel said was wrong.
    pub error: Option<String>,
}

/// Runs a cell; fails only if the kernel does.
pub async fn lap(session: &mut Session, code: &str) -> Result<Lap> {
    let started = Instant::now();
    let id = session.execute(code).await?;
    let error = match tokio::time::timeout(LIMIT, finish(session, &id)).await {
        Ok(finished) => finished?,
        Err(_) => {
            let (cell, minutes) = (first_line(code), LIMIT.as_secs() / 60);
            return Err(Failure::setup(format!("the cell `{cell}` ran for {minutes} minutes")));
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    Ok(Lap { seconds, error })
}

/// Waits for the end of a request; gives the first error it brought.
async fn finish(session: &mut Session, id: &str) -> Result<Option<String>> {
    let (mut replied, mut idle, mut error) = (false, false, None);
    while !(replied && idle) {
        let Some(event) = session.next().await else { return Err(session.died().await) };
        let (message, is_reply) = match event {
            Event::Replied(message) => (message, true),
            Event::Published(message) => (message, false),
        };
        if message.parent_header.as_ref().is_none_or(|parent| parent.msg_id != id) {
            continue;
        }
        replied |= is_reply;
        idle |= !is_reply && is_idle(&message.content);
        if let JupyterMessageContent::ErrorOutput(output) = message.content {
            error.get_or_insert(format!("{}: {}", output.ename, output.evalue));
        }
    }
    Ok(error)
}
