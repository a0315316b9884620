//! What a client says when it closes with 1010: which extensions it misses (RFC 6455 section 7.4.1).

use super::tokens::is_token;
use crate::protocol::close::MAX_REASON_BYTES;
use crate::protocol::error::ErrorCode;

/// Stands for the names that found no room.
const MORE: &str = "...";

/// The reason of such a Close frame: the names, as far as they fit, with "..." for the rest.
///
/// # Errors
///
/// `InvalidArgument` for what is no token.
pub fn missing_extensions(names: &[&str]) -> Result<String, ErrorCode> {
    if !names.iter().all(|name| is_token(name)) {
        return Err(ErrorCode::InvalidArgument);
    }
    let whole_len = names.iter().map(|name| name.len() + 2).sum::<usize>().saturating_sub(2);
    if whole_len <= MAX_REASON_BYTES {
        return Ok(names.join(", "));
    }
    let mut reason = String::new();
    for name in names {
        if reason.len() + name.len() + 2 + MORE.len() > MAX_REASON_BYTES {
            break;
        }
        reason.push_str(name);
        reason.push_str(", ");
    }
    reason.push_str(MORE);
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_extensions_are_listed_as_far_as_they_fit() {
        let long = "x".repeat(60);
        let filling = "y".repeat(121);
        let cases: [(&[&str], String); 8] = [
            (&[], String::new()),
            (&["permessage-deflate"], "permessage-deflate".to_owned()),
            (&["a", "b", "c"], "a, b, c".to_owned()),
            (&[&long, &long], format!("{long}, {long}")),
            (&[&long, &long, "z"], format!("{long}, ...")),
            (&[&filling, "z"], "...".to_owned()),
            (&["a", &filling], "a, ...".to_owned()),
            (&["a", &filling, "b"], "a, ...".to_owned()),
        ];
        for (names, want) in cases {
            assert_eq!(missing_extensions(names), Ok(want.clone()), "{names:?}");
            assert!(want.len() <= 123);
        }
        for len in 100..130 {
            let name = "n".repeat(len);
            let want = if len <= 123 { name.clone() } else { "...".to_owned() };
            assert_eq!(missing_extensions(&[&name]), Ok(want));
        }
        for name in ["", " ", "a b", "a,b", "é", "a;b"] {
            assert_eq!(missing_extensions(&["a", name]), Err(ErrorCode::InvalidArgument));
        }
    }
}
