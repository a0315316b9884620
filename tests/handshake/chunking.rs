//! Ways to cut an input into the pieces in which it may arrive.

/// Calls back with the input whole, byte by byte, and cut in two at every place, each with a name.
pub(crate) fn for_each_chunking(input: &[u8], mut check: impl FnMut(&str, &[&[u8]])) {
    check("whole", &[input]);
    check("byte by byte", &input.chunks(1).collect::<Vec<_>>());
    for cut in 0..=input.len() {
        let (start, end) = input.split_at(cut);
        check(&format!("cut at {cut}"), &[start, end]);
    }
}
