//! What everybody who watches the kernel sees: the iopub channel.

use std::sync::Arc;

use jupyter_protocol::ConnectionInfo;
use jupyter_protocol::messaging::Header;
use jupyter_zmq_client::Connection;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use zeromq::{PubSocket, Socket};

use crate::failure::Result;

use super::wire;

/// Cheap to clone; messages leave in the order of the calls.
#[derive(Clone)]
pub struct Publisher(Arc<Mutex<Connection<PubSocket>>>);

impl Publisher {
    pub async fn open(connection: &ConnectionInfo, session: &str) -> Result<Self> {
        let mut socket = PubSocket::new();
        let port = connection.iopub_port;
        socket
            .bind(&wire::endpoint(connection, port))
            .await
            .map_err(|error| wire::unbound(port, &error))?;
        let connection = Connection::new(socket, &connection.key, session);
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    pub async fn publish(&self, kind: &str, parent: Option<&Header>, content: Value) {
        let mut message = wire::message(kind, parent, content);
        // By this topic a client could subscribe to some kinds only.
        message.zmq_identities = vec![bytes::Bytes::copy_from_slice(kind.as_bytes())];
        if let Err(error) = self.0.lock().await.send(message).await {
            eprintln!("a message could not be published: {error}");
        }
    }

    pub async fn status(&self, state: &str, parent: Option<&Header>) {
        self.publish("status", parent, json!({ "execution_state": state })).await;
    }
}
