//! Frames that a client has sent, decoded, unmasked and checked by a server.
//!
//! `oxws` has the bytes in its receive buffer and leaves them there. `oxws, read` has them copied into
//! it first, as the others read them from a stream in memory into theirs. `memcpy` copies as many
//! bytes of payload.

use std::hint::black_box;

use codec_benches::cpu_time::{self, CpuTime};
use codec_benches::endpoint::Endpoint;
use codec_benches::frames::{self, Kind};
use codec_benches::memory::{Memory, memcpy};
use codec_benches::{SIZES, size_name};
use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::{FutureExt, StreamExt};
use oxws::protocol::opcode::Role;

fn oxws(bencher: &mut Bencher<'_, CpuTime>, mut batch: Vec<u8>) {
    let mut endpoint = Endpoint::open(Role::Server);
    bencher.iter(|| endpoint.decode(black_box(&mut batch)));
}

fn oxws_read(bencher: &mut Bencher<'_, CpuTime>, batch: &[u8]) {
    let mut endpoint = Endpoint::open(Role::Server);
    let mut buffer = batch.to_vec();
    bencher.iter(|| {
        buffer.copy_from_slice(black_box(batch));
        endpoint.decode(&mut buffer)
    });
}

fn tungstenite(bencher: &mut Bencher<'_, CpuTime>, batch: &[u8], count: usize) {
    use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let stream = Memory::new(batch.to_vec());
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    bencher.iter(|| {
        for _ in 0..count {
            black_box(socket.read().unwrap());
        }
    });
}

fn fastwebsockets(bencher: &mut Bencher<'_, CpuTime>, batch: &[u8], count: usize) {
    use fastwebsockets::{FragmentCollector, Role, WebSocket};
    let mut socket = WebSocket::after_handshake(Memory::new(batch.to_vec()), Role::Server);
    socket.set_max_message_size(1 << 30);
    let mut socket = FragmentCollector::new(socket);
    bencher.iter(|| {
        for _ in 0..count {
            black_box(socket.read_frame().now_or_never().unwrap().ok().unwrap());
        }
    });
}

fn tokio_websockets(bencher: &mut Bencher<'_, CpuTime>, batch: &[u8], count: usize) {
    use tokio_websockets::{Limits, ServerBuilder};
    let builder = ServerBuilder::new().limits(Limits::unlimited());
    let mut socket = builder.serve(Memory::new(batch.to_vec()));
    bencher.iter(|| {
        for _ in 0..count {
            black_box(socket.next().now_or_never().unwrap().unwrap().unwrap());
        }
    });
}

fn decode(criterion: &mut Criterion<CpuTime>) {
    for (kind, name) in [(Kind::Binary, "binary"), (Kind::Text, "text")] {
        for size in SIZES {
            let (batch, count) = frames::batch(kind, size);
            let mut group = criterion.benchmark_group(format!("decode {name} {}", size_name(size)));
            let (elements, bytes) = (count as u64, (count * size) as u64);
            group.throughput(Throughput::ElementsAndBytes { elements, bytes });
            group.bench_function("oxws", |bencher| oxws(bencher, batch.clone()));
            group.bench_function("oxws, read", |bencher| oxws_read(bencher, &batch));
            group.bench_function("tungstenite", |bencher| tungstenite(bencher, &batch, count));
            group
                .bench_function("fastwebsockets", |bencher| fastwebsockets(bencher, &batch, count));
            group.bench_function("tokio-websockets", |bencher| {
                tokio_websockets(bencher, &batch, count)
            });
            group.bench_function("memcpy", |bencher| memcpy(bencher, count * size));
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = cpu_time::criterion();
    targets = decode
}
criterion_main!(benches);
