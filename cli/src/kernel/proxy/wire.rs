//! Jupyter messages as this kernel reads and writes them.
//!
//! The signature and the parts are the library's work; contents stay JSON, so that a request of a kind
//! or a form nobody foresaw is an answerable request and not a lost one.

use jupyter_protocol::messaging::{Header, UnknownMessage};
use jupyter_protocol::{ConnectionInfo, JupyterMessage};
use jupyter_zmq_client::{Connection, RawMessage};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use zeromq::{RouterRecvHalf, RouterSendHalf, RouterSocket, Socket, SocketRecv};

use crate::failure::{Failure, Result};

/// The version of the protocol that is spoken.
pub const PROTOCOL: &str = "5.3";

/// A message from a client.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where an answer goes.
    pub route: Vec<bytes::Bytes>,
    pub header: Header,
    pub content: Value,
}

impl Request {
    fn from_raw(raw: RawMessage) -> Option<Self> {
        Some(Self {
            route: raw.zmq_identities,
            header: serde_json::from_slice(raw.jparts.first()?).ok()?,
            content: serde_json::from_slice(raw.jparts.get(3)?).ok()?,
        })
    }

    pub fn kind(&self) -> &str {
        &self.header.msg_type
    }

    pub fn text(&self, field: &str) -> &str {
        self.content[field].as_str().unwrap_or_default()
    }

    pub fn flag(&self, field: &str, default: bool) -> bool {
        self.content[field].as_bool().unwrap_or(default)
    }

    /// The answer: `x_reply` to `x_request`, back the way the request came.
    pub fn reply(&self, content: Value) -> JupyterMessage {
        let kind = self.kind().replace("_request", "_reply");
        let mut message = message(&kind, Some(&self.header), content);
        message.zmq_identities.clone_from(&self.route);
        message
    }
}

/// A message with a new identity.
pub fn message(kind: &str, parent: Option<&Header>, content: Value) -> JupyterMessage {
    let content = UnknownMessage { msg_type: kind.to_owned(), content };
    let mut message = JupyterMessage::new(content, None);
    message.header.username = "kernel".into();
    message.header.version = PROTOCOL.into();
    message.parent_header = parent.cloned();
    message
}

/// The content of an error reply.
pub fn error_content(name: &str, value: &str, traceback: &[String]) -> Value {
    json!({ "status": "error", "ename": name, "evalue": value, "traceback": traceback })
}

/// The sending half of one of the kernel's request sockets.
pub type Replies = Connection<RouterSendHalf>;

/// Opens a socket for requests; what arrives properly signed goes to the receiver.
pub async fn open(
    connection: &ConnectionInfo,
    port: u16,
    session: &str,
) -> Result<(Replies, mpsc::UnboundedReceiver<Request>)> {
    let mut socket = RouterSocket::new();
    socket.bind(&endpoint(connection, port)).await.map_err(|error| unbound(port, &error))?;
    let (sending, receiving) = Connection::new(socket, &connection.key, session).split();
    let (sender, requests) = mpsc::unbounded_channel();
    tokio::spawn(receive(receiving, sender));
    Ok((sending, requests))
}

pub fn endpoint(connection: &ConnectionInfo, port: u16) -> String {
    format!("tcp://{}:{port}", connection.ip)
}

pub fn unbound(port: u16, error: &zeromq::ZmqError) -> Failure {
    Failure::setup(format!("cannot listen on port {port}, which Jupyter chose: {error}"))
        .fix("restart the kernel; Jupyter then chooses other ports")
}

async fn receive(
    mut receiving: Connection<RouterRecvHalf>,
    sender: mpsc::UnboundedSender<Request>,
) {
    loop {
        let parts = match receiving.socket.recv().await {
            Ok(parts) => parts,
            Err(error) => {
                eprintln!("a client's message could not be read: {error}");
                // A socket that fails at once and always must not keep a core busy.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                continue;
            }
        };
        let request = match RawMessage::from_multipart(parts, &receiving.mac) {
            Ok(raw) => Request::from_raw(raw),
            Err(error) => {
                eprintln!("a message was dropped, since it is not signed as agreed: {error}");
                continue;
            }
        };
        match request {
            Some(request) => {
                if sender.send(request).is_err() {
                    return;
                }
            }
            None => eprintln!("a message was dropped, since its parts are not JSON"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub mod tests {
    use super::*;

    pub fn request(kind: &str, content: Value) -> Request {
        let header = message(kind, None, json!({})).header;
        Request { route: vec![bytes::Bytes::from_static(b"client")], header, content }
    }

    #[test]
    fn a_reply_goes_back_and_names_its_request() {
        let request = request("history_request", json!({"n": 3, "raw": true}));
        let reply = request.reply(json!({"status": "ok"}));
        assert_eq!(reply.header.msg_type, "history_reply");
        assert_eq!(reply.zmq_identities, request.route);
        assert_eq!(reply.parent_header.unwrap().msg_id, request.header.msg_id);
        assert_eq!(serde_json::to_value(&reply.content).unwrap(), json!({"status": "ok"}));
    }

    #[test]
    fn missing_fields_have_their_defaults() {
        let request = request("execute_request", json!({"silent": "yes"}));
        assert_eq!(request.text("code"), "");
        assert!(!request.flag("silent", false));
        assert!(request.flag("store_history", true));
    }
}
