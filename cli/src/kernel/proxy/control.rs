//! The control channel: requests that do not wait for the cell that is running.

use serde_json::json;
use tokio::sync::mpsc;

use super::info;
use super::kernel::Command;
use super::publisher::Publisher;
use super::wire::{Replies, Request};

/// Answers control requests until the kernel leaves.
pub async fn serve(
    mut replies: Replies,
    mut requests: mpsc::UnboundedReceiver<Request>,
    commands: mpsc::UnboundedSender<Command>,
    publisher: Publisher,
    rust_version: String,
) {
    while let Some(request) = requests.recv().await {
        publisher.status("busy", Some(&request.header)).await;
        let (content, command) = match request.kind() {
            "kernel_info_request" => (Some(info::content(&rust_version)), None),
            "interrupt_request" => (Some(json!({ "status": "ok" })), Some(Command::Interrupt)),
            "shutdown_request" => {
                let restart = request.flag("restart", false);
                (Some(json!({ "status": "ok", "restart": restart })), Some(Command::Leave))
            }
            kind => {
                eprintln!("a control request of the unknown kind {kind} was left unanswered");
                (None, None)
            }
        };
        // The wish goes first: whoever hears the reply may count on it.
        if let Some(Command::Interrupt) = command {
            let _left = commands.send(Command::Interrupt);
        }
        if let Some(content) = content {
            if command == Some(Command::Leave) {
                publisher.publish("shutdown_reply", Some(&request.header), content.clone()).await;
            }
            if let Err(error) = replies.send(request.reply(content)).await {
                eprintln!("a reply could not be sent: {error}");
            }
        }
        publisher.status("idle", Some(&request.header)).await;
        if command == Some(Command::Leave) {
            let _left = commands.send(Command::Leave);
        }
    }
}
