//! The parameters of a query: names and values, decoded as HTML forms encode them.

use url::form_urlencoded;

/// The parameters of one query, in their order; a name may come several times.
///
/// Decoded, they need no more bytes than the query; to each come two numbers.
#[derive(Debug, Default)]
pub struct Parameters {
    /// All names and values, one behind the other.
    text: String,
    /// Where each name and each value ends.
    ends: Vec<(usize, usize)>,
}

impl Parameters {
    /// Decodes a query: `name=value` between `&`, `+` as a space, `%` and two digits as a byte, and
    /// U+FFFD for what is not UTF-8 then. A name without `=` has an empty value.
    pub fn parse(query: &str) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            parameters.text.push_str(&name);
            let name_end = parameters.text.len();
            parameters.text.push_str(&value);
            parameters.ends.push((name_end, parameters.text.len()));
        }
        parameters
    }

    /// The number of parameters.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Name and value of the parameter at this place, counted from 0.
    pub fn at(&self, index: usize) -> Option<(&str, &str)> {
        let (name_end, end) = *self.ends.get(index)?;
        let before = index.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.map_or(0, |(_, end)| *end);
        Some((self.text.get(start..name_end)?, self.text.get(name_end..end)?))
    }

    /// Name and value of each parameter.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        (0..self.count()).filter_map(|index| self.at(index))
    }

    /// The value of the `index`-th parameter of this name, whose case counts.
    pub fn value(&self, name: &str, index: usize) -> Option<&str> {
        let mut values = self.iter().filter(|(found, _)| *found == name);
        values.nth(index).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn queries_are_decoded() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("a=b", &[("a", "b")]),
            ("a=b&c=d&a=e", &[("a", "b"), ("c", "d"), ("a", "e")]),
            ("a", &[("a", "")]),
            ("a=", &[("a", "")]),
            ("=b", &[("", "b")]),
            ("=", &[("", "")]),
            ("&&a&&", &[("a", "")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a=b?c/d", &[("a", "b?c/d")]),
            ("a+b=c+d", &[("a b", "c d")]),
            ("a%2Bb=%26%3d", &[("a+b", "&=")]),
            ("a=%C3%A4%e2%82%ac", &[("a", "\u{e4}\u{20ac}")]),
            ("a=%ff%C3", &[("a", "\u{fffd}\u{fffd}")]),
            ("%FF=1", &[("\u{fffd}", "1")]),
            ("a=%00%0d%0A", &[("a", "\0\r\n")]),
            ("a=%&b=%4&c=%zz%41", &[("a", "%"), ("b", "%4"), ("c", "%zzA")]),
            ("a;b=c", &[("a;b", "c")]),
        ];
        for (query, want) in cases {
            let parameters = Parameters::parse(query);
            assert_eq!(parameters.iter().collect::<Vec<_>>(), *want, "{query}");
            assert_eq!(parameters.count(), want.len(), "{query}");
            assert_eq!(parameters.at(want.len()), None, "{query}");
        }
    }

    #[test]
    fn values_are_found_by_name_and_place() {
        let parameters = Parameters::parse("a=1&b=2&a=3&A=4&c%20d=5");
        let cases = [
            ("a", 0, Some("1")),
            ("a", 1, Some("3")),
            ("a", 2, None),
            ("A", 0, Some("4")),
            ("b", 0, Some("2")),
            ("c d", 0, Some("5")),
            ("c%20d", 0, None),
            ("", 0, None),
            ("a", usize::MAX, None),
        ];
        for (name, index, want) in cases {
            assert_eq!(parameters.value(name, index), want, "{name} {index}");
        }
    }

    #[test]
    fn c01_parameters_need_little_more_than_the_query() {
        let query = "&a".repeat(4_096);
        let parameters = Parameters::parse(&query);
        assert_eq!((parameters.count(), parameters.text.len()), (4_096, 4_096));
        assert!(parameters.text.capacity() <= query.len());
        assert!(Parameters::parse(&"%FF".repeat(2_730)).text.len() <= 8_192);
    }
}
