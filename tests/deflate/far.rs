//! A plain reading of RFC 1951, to see how far back a deflated stream refers.

/// What was inflated until now, and the farthest reference in it.
#[derive(Default)]
pub(crate) struct Reach {
    out: Vec<u8>,
    farthest: usize,
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn one(&mut self) -> usize {
        let bit = self.bytes[self.at / 8] >> (self.at % 8) & 1;
        self.at += 1;
        usize::from(bit)
    }

    fn take(&mut self, count: usize) -> usize {
        (0..count).map(|place| self.one() << place).sum()
    }

    fn is_at_end(&self) -> bool {
        self.at.div_ceil(8) >= self.bytes.len()
    }
}

/// A canonical Huffman code (section 3.2.2): how many symbols of each length, and the symbols.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[usize]) -> Code {
        let mut counts = [0; 16];
        lengths.iter().for_each(|length| counts[*length] += 1);
        counts[0] = 0;
        let symbols = (1..16).flat_map(|length| {
            lengths.iter().enumerate().filter(move |(_, own)| **own == length).map(|(at, _)| at)
        });
        Code { counts, symbols: symbols.collect() }
    }

    fn next(&self, bits: &mut Bits<'_>) -> usize {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= bits.one();
            if code < first + count {
                return self.symbols[index + code - first];
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        panic!("no such code");
    }
}

impl Reach {
    pub(crate) fn farthest(&self) -> usize {
        self.farthest
    }

    /// Inflates whole blocks; what they are.
    pub(crate) fn inflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let start = self.out.len();
        let mut bits = Bits { bytes, at: 0 };
        while !bits.is_at_end() {
            bits.one();
            match bits.take(2) {
                0 => self.stored(&mut bits),
                1 => self.block(&mut bits, &fixed(), &Code::new(&[5; 30])),
                2 => {
                    let (literals, distances) = dynamic(&mut bits);
                    self.block(&mut bits, &literals, &distances);
                }
                _ => panic!("no such block"),
            }
        }
        self.out[start..].to_vec()
    }

    fn stored(&mut self, bits: &mut Bits<'_>) {
        bits.at = bits.at.div_ceil(8) * 8;
        let length = bits.take(16);
        assert_eq!(bits.take(16), length ^ 0xffff);
        for _ in 0..length {
            let byte = bits.take(8) as u8;
            self.out.push(byte);
        }
    }

    fn block(&mut self, bits: &mut Bits<'_>, literals: &Code, distances: &Code) {
        loop {
            match literals.next(bits) {
                256 => return,
                literal @ 0..256 => self.out.push(literal as u8),
                symbol => {
                    let length = length_of(symbol - 257, bits);
                    let distance = distance_of(distances.next(bits), bits);
                    self.farthest = self.farthest.max(distance);
                    for _ in 0..length {
                        self.out.push(self.out[self.out.len() - distance]);
                    }
                }
            }
        }
    }
}

fn length_of(symbol: usize, bits: &mut Bits<'_>) -> usize {
    match symbol {
        0..8 => 3 + symbol,
        28 => 258,
        _ => {
            let extra = symbol / 4 - 1;
            3 + ((4 + symbol % 4) << extra) + bits.take(extra)
        }
    }
}

fn distance_of(symbol: usize, bits: &mut Bits<'_>) -> usize {
    match symbol {
        0..4 => 1 + symbol,
        _ => {
            let extra = symbol / 2 - 1;
            1 + ((2 + symbol % 2) << extra) + bits.take(extra)
        }
    }
}

fn fixed() -> Code {
    let lengths: Vec<usize> = (0..288)
        .map(|symbol| match symbol {
            0..144 => 8,
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        })
        .collect();
    Code::new(&lengths)
}

/// The codes that a dynamic block brings (section 3.2.7).
fn dynamic(bits: &mut Bits<'_>) -> (Code, Code) {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let (literals, distances) = (bits.take(5) + 257, bits.take(5) + 1);
    let count = bits.take(4) + 4;
    let mut lengths = [0; 19];
    ORDER[..count].iter().for_each(|place| lengths[*place] = bits.take(3));
    let code = Code::new(&lengths);
    let mut all: Vec<usize> = Vec::new();
    while all.len() < literals + distances {
        let (length, times) = match code.next(bits) {
            16 => (*all.last().unwrap(), 3 + bits.take(2)),
            17 => (0, 3 + bits.take(3)),
            18 => (0, 11 + bits.take(7)),
            length => (length, 1),
        };
        all.extend(std::iter::repeat_n(length, times));
    }
    (Code::new(&all[..literals]), Code::new(&all[literals..]))
}
