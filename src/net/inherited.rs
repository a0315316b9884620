//! What a service manager says in the environment about the sockets that it has handed over. Nothing is
//! read here: the variables come in as arguments.

use std::os::fd::RawFd;

use crate::protocol::error::ErrorCode;

/// The first descriptor that is handed over; the others follow.
const FIRST: RawFd = 3;

/// The name of what has none.
const UNNAMED: &str = "unknown";

/// The variables, where they are set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variables<'a> {
    /// LISTEN_PID: for which process they are.
    pub process: Option<&'a str>,
    /// LISTEN_FDS: how many there are.
    pub count: Option<&'a str>,
    /// LISTEN_FDNAMES: their names, with colons between them.
    pub names: Option<&'a str>,
}

/// The descriptors that were handed over to a process, and their names.
///
/// # Errors
///
/// `InvalidState` if a variable cannot be read, or there are not as many names as descriptors.
pub fn inherited<'a>(
    process: u32,
    variables: Variables<'a>,
) -> Result<impl Iterator<Item = (RawFd, &'a str)> + use<'a>, ErrorCode> {
    let named = number(variables.process)?;
    let count = match named {
        Some(named) if named == process => number(variables.count)?.unwrap_or(0),
        // What they say is for another process, whose child this one is.
        _ => 0,
    };
    let end = RawFd::try_from(count).ok().and_then(|count| FIRST.checked_add(count));
    let descriptors = FIRST..end.ok_or(ErrorCode::InvalidState)?;
    let names = variables.names.filter(|_| count > 0);
    let names_fit = names.is_none_or(|names| names.split(':').count() == descriptors.len());
    if !names_fit {
        return Err(ErrorCode::InvalidState);
    }
    let names = names.into_iter().flat_map(|names| names.split(':'));
    Ok(descriptors.zip(names.chain(std::iter::repeat(UNNAMED))))
}

fn number(text: Option<&str>) -> Result<Option<u32>, ErrorCode> {
    match text {
        None => Ok(None),
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map(Some).map_err(|_| ErrorCode::InvalidState)
        }
        Some(_) => Err(ErrorCode::InvalidState),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is handed over to process 77; `None` if that cannot be read.
    fn of_77(variables: [Option<&str>; 3]) -> Option<Vec<(RawFd, &str)>> {
        let [process, count, names] = variables;
        inherited(77, Variables { process, count, names }).ok().map(Iterator::collect)
    }

    #[test]
    fn the_variables_tell_what_is_handed_over() {
        let none = Some(vec![]);
        assert_eq!(of_77([None, None, None]), none);
        assert_eq!(of_77([None, Some("2"), None]), none);
        assert_eq!(of_77([Some("77"), None, None]), none);
        assert_eq!(of_77([Some("77"), Some("0"), Some("")]), none);
        assert_eq!(of_77([Some("78"), Some("2"), Some("a:b")]), none);
        assert_eq!(of_77([Some("77"), Some("1"), None]), Some(vec![(3, "unknown")]));
        assert_eq!(of_77([Some("77"), Some("2"), Some("a:b")]), Some(vec![(3, "a"), (4, "b")]));
        assert_eq!(of_77([Some("77"), Some("2"), Some("a:")]), Some(vec![(3, "a"), (4, "")]));
    }

    #[test]
    fn variables_that_cannot_be_read_are_an_error() {
        let wrong = [
            [Some(""), Some("1"), None],
            [Some("x"), Some("1"), None],
            [Some("+77"), Some("1"), None],
            [Some("77"), Some("x"), None],
            [Some("77"), Some(""), None],
            [Some("77"), Some("-1"), None],
            [Some("77"), Some("1 "), None],
            [Some("77"), Some("2147483645"), None],
            [Some("77"), Some("4294967296"), None],
            [Some("77"), Some("2"), Some("a")],
            [Some("77"), Some("2"), Some("a:b:c")],
        ];
        for variables in wrong {
            assert_eq!(of_77(variables), None, "{variables:?}");
        }
    }
}
