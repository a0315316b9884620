//! Messages encoded by a server, and by a client, which masks them; then written to a stream that
//! only counts. Sixteen are queued for one write, or as many as make 64 KiB. `memcpy` copies as many bytes
//! of payload.

use std::hint::black_box;

use bytes::Bytes;
use codec_benches::cpu_time::{self, CpuTime};
use codec_benches::endpoint::Endpoint;
use codec_benches::memory::{Memory, memcpy};
use codec_benches::{SIZES, frames, size_name};
use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::{FutureExt, SinkExt};
use oxws::protocol::opcode::{MessageType, Role};

fn oxws(bencher: &mut Bencher<'_, CpuTime>, role: Role, payload: &[u8], count: usize) {
    let mut endpoint = Endpoint::open(role);
    bencher.iter(|| {
        for _ in 0..count {
            endpoint.encode(MessageType::Binary, black_box(payload));
        }
        endpoint.write()
    });
}

fn tungstenite(bencher: &mut Bencher<'_, CpuTime>, role: Role, payload: &Bytes, count: usize) {
    use tungstenite::protocol::{self, Message, WebSocket, WebSocketConfig};
    let role = match role {
        Role::Server => protocol::Role::Server,
        Role::Client => protocol::Role::Client,
    };
    let config = WebSocketConfig::default();
    let mut socket = WebSocket::from_raw_socket(Memory::default(), role, Some(config));
    bencher.iter(|| {
        for _ in 0..count {
            socket.write(Message::Binary(black_box(payload).clone())).unwrap();
        }
        socket.flush().unwrap();
    });
}

fn fastwebsockets(bencher: &mut Bencher<'_, CpuTime>, role: Role, payload: &[u8], count: usize) {
    use fastwebsockets::{Frame, OpCode, Payload, WebSocket};
    let role = match role {
        Role::Server => fastwebsockets::Role::Server,
        Role::Client => fastwebsockets::Role::Client,
    };
    let mut socket = WebSocket::after_handshake(Memory::default(), role);
    bencher.iter(|| {
        for _ in 0..count {
            let payload = Payload::Borrowed(black_box(payload));
            let frame = Frame::new(true, OpCode::Binary, None, payload);
            socket.write_frame(frame).now_or_never().unwrap().unwrap();
        }
    });
}

fn tokio_websockets(bencher: &mut Bencher<'_, CpuTime>, role: Role, payload: &Bytes, count: usize) {
    use tokio_websockets::{ClientBuilder, Config, Message, ServerBuilder};
    let config = Config::default().frame_size(usize::MAX).flush_threshold(1 << 20);
    let mut socket = match role {
        Role::Server => ServerBuilder::new().config(config).serve(Memory::default()),
        Role::Client => ClientBuilder::new().config(config).take_over(Memory::default()),
    };
    bencher.iter(|| {
        for _ in 0..count {
            let message = Message::binary(black_box(payload).clone());
            socket.feed(message).now_or_never().unwrap().unwrap();
        }
        socket.flush().now_or_never().unwrap().unwrap();
    });
}

fn encode(criterion: &mut Criterion<CpuTime>) {
    for (role, name) in [(Role::Server, "server"), (Role::Client, "client")] {
        for size in SIZES {
            let payload = Bytes::from(frames::payload(size));
            let count = ((64 << 10) / size).clamp(1, 16);
            let mut group = criterion.benchmark_group(format!("encode {name} {}", size_name(size)));
            let (elements, bytes) = (count as u64, (count * size) as u64);
            group.throughput(Throughput::ElementsAndBytes { elements, bytes });
            group.bench_function("oxws", |bencher| oxws(bencher, role, &payload, count));
            group.bench_function("tungstenite", |bencher| {
                tungstenite(bencher, role, &payload, count)
            });
            group.bench_function("fastwebsockets", |bencher| {
                fastwebsockets(bencher, role, &payload, count);
            });
            group.bench_function("tokio-websockets", |bencher| {
                tokio_websockets(bencher, role, &payload, count);
            });
            group.bench_function("memcpy", |bencher| memcpy(bencher, count * size));
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = cpu_time::criterion();
    targets = encode
}
criterion_main!(benches);
