//! tokio-websockets: an echo server on the crate of that name.
//!
//!   tokio-websockets PORT [broadcast | tls CERTIFICATE KEY]
//!
//! Messages that have come together are answered by one flush. As reading flushes what was fed
//! before, they are all read first.

use futures_util::{FutureExt, SinkExt, StreamExt};
use peers::{Everyone, LARGEST_MESSAGE, Peer, Stream};
use tokio_websockets::{Config, Limits, Message, ServerBuilder, WebSocketStream};

/// How many messages one flush may be for, and how many bytes of them.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 1 << 20;

#[derive(Clone, Copy)]
struct TokioWebsockets;

async fn accept<S: Stream>(stream: S) -> Option<WebSocketStream<S>> {
    let (_, socket) = ServerBuilder::new()
        .config(Config::default().frame_size(usize::MAX).flush_threshold(BATCH_BYTES))
        .limits(Limits::default().max_payload_len(Some(LARGEST_MESSAGE)))
        .accept(stream)
        .await
        .ok()?;
    Some(socket)
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}

impl Peer for TokioWebsockets {
    type Message = Message;

    async fn echo<S: Stream>(self, stream: S) {
        let Some(mut socket) = accept(stream).await else { return };
        let mut batch = Vec::new();
        while let Some(Ok(message)) = socket.next().await {
            let mut bytes = 0;
            let mut next = Some(message);
            while let Some(message) = next.take() {
                bytes += message.as_payload().len();
                if is_data(&message) {
                    batch.push(message);
                }
                if batch.len() < BATCH && bytes < BATCH_BYTES {
                    next = socket.next().now_or_never().flatten().and_then(Result::ok);
                }
            }
            for message in batch.drain(..) {
                if socket.feed(message).await.is_err() {
                    return;
                }
            }
            if socket.flush().await.is_err() {
                return;
            }
        }
    }

    async fn broadcast<S: Stream>(self, stream: S, everyone: Everyone<Message>) {
        let Some(socket) = accept(stream).await else { return };
        peers::broadcast(socket, everyone, is_data).await;
    }
}

fn main() {
    peers::serve("tokio-websockets", TokioWebsockets);
}
