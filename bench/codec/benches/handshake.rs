//! The opening handshake of a server: from the bytes of the request to those of the answer, as what a
//! browser sends.

use std::hint::black_box;

use codec_benches::cpu_time::{self, CpuTime};
use codec_benches::endpoint::Endpoint;
use codec_benches::memory::Memory;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt;
use oxws::protocol::opcode::Role;

const REQUEST: &[u8] = b"GET /chat?room=1 HTTP/1.1\r\nHost: server.example.com\r\nConnection: Upgrade\r\n\
    Pragma: no-cache\r\nCache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\nOrigin: http://server.example.com\r\nSec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n\
    Cookie: session=0123456789abcdef0123456789abcdef\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

fn handshake(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("handshake");
    group.throughput(Throughput::Elements(1));
    group.bench_function("oxws", |bencher| {
        let mut endpoint = Endpoint::open(Role::Server);
        let mut request = REQUEST.to_vec();
        bencher.iter(|| endpoint.shake_hands(black_box(&mut request)));
    });
    group.bench_function("tungstenite", |bencher| {
        let mut stream = Memory::new(REQUEST.to_vec());
        bencher.iter(|| {
            stream.rewind();
            black_box(tungstenite::accept(&mut stream).unwrap());
        });
    });
    group.bench_function("tokio-websockets", |bencher| {
        let builder = tokio_websockets::ServerBuilder::new();
        let mut stream = Memory::new(REQUEST.to_vec());
        bencher.iter(|| {
            stream.rewind();
            black_box(builder.accept(&mut stream).now_or_never().unwrap().unwrap());
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu_time::criterion();
    targets = handshake
}
criterion_main!(benches);
