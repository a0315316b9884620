//! tokio-tungstenite: an echo server on the crate of that name.
//!
//!   tokio-tungstenite PORT [broadcast | tls CERTIFICATE KEY]
//!
//! Messages that have come together are answered by one flush.

use futures_util::{FutureExt, SinkExt, StreamExt};
use peers::{Everyone, LARGEST_MESSAGE, Peer, Stream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// How many messages one flush may be for.
const BATCH: usize = 256;

#[derive(Clone, Copy)]
struct Tungstenite;

async fn accept<S: Stream>(stream: S) -> Option<WebSocketStream<S>> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE));
    tokio_tungstenite::accept_async_with_config(stream, Some(config)).await.ok()
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}

impl Peer for Tungstenite {
    type Message = Message;

    async fn echo<S: Stream>(self, stream: S) {
        let Some(mut socket) = accept(stream).await else { return };
        while let Some(Ok(message)) = socket.next().await {
            let mut next = Some(message);
            let mut left = BATCH;
            while let Some(message) = next.take() {
                if is_data(&message) && socket.feed(message).await.is_err() {
                    return;
                }
                left -= 1;
                if left > 0 {
                    next = socket.next().now_or_never().flatten().and_then(Result::ok);
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
    peers::serve("tokio-tungstenite", Tungstenite);
}
