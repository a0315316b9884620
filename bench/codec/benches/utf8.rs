//! Texts checked: whole, in two pieces, and by the standard library.

use std::hint::black_box;

use codec_benches::cpu_time::{self, CpuTime};
use codec_benches::{SIZES, frames, size_name};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oxws::protocol::utf8::{Utf8Stream, is_text};

/// Characters of one to four bytes, cut where a character ends.
fn mixed(size: usize) -> Vec<u8> {
    let mut text: Vec<u8> = "Größe, размер, サイズ, 大小, 🦀 ".bytes().cycle().take(size).collect();
    text.truncate(text.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len()));
    text
}

fn utf8(criterion: &mut Criterion<CpuTime>) {
    for (name, make) in [("ascii", frames::payload as fn(usize) -> Vec<u8>), ("mixed", mixed)] {
        for size in SIZES {
            let text = make(size);
            let mut group = criterion.benchmark_group(format!("utf8 {name} {}", size_name(size)));
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function("oxws", |bencher| bencher.iter(|| is_text(black_box(&text))));
            group.bench_function("oxws, in pieces", |bencher| {
                let (front, back) = text.split_at(text.len() / 2);
                bencher.iter(|| {
                    let mut stream = Utf8Stream::default();
                    stream.push(black_box(front)).unwrap();
                    stream.push(black_box(back)).unwrap();
                    assert!(stream.is_complete());
                });
            });
            group.bench_function("std", |bencher| {
                bencher.iter(|| std::str::from_utf8(black_box(&text)).is_ok());
            });
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = cpu_time::criterion();
    targets = utf8
}
criterion_main!(benches);
