//! The way through a proxy that speaks SOCKS 5 (RFC 1928), with a user name and a password where it
//! wants them (RFC 1929).

use std::net::IpAddr;

use super::login::Login;
use super::target::{Target, TargetHost};
use super::tunnel::{Answer, Received, Refusal};
use super::url::Proxy;
use crate::protocol::error::ErrorCode;

const VERSION: u8 = 5;
/// The version of the exchange of user name and password.
const LOGIN_VERSION: u8 = 1;
const METHOD_NONE: u8 = 0;
const METHOD_LOGIN: u8 = 2;
const METHOD_NOT_ACCEPTABLE: u8 = 0xFF;
const COMMAND_CONNECT: u8 = 1;
const ADDRESS_V4: u8 = 1;
const ADDRESS_NAME: u8 = 3;
const ADDRESS_V6: u8 = 4;

/// What a reply of SOCKS says (RFC 1928 section 6), without a full stop.
pub fn reply_text(reply: u8) -> &'static str {
    match reply {
        0 => "succeeded",
        1 => "general failure of the proxy",
        2 => "not allowed by the rules of the proxy",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        7 => "command not supported",
        8 => "type of address not supported",
        METHOD_NOT_ACCEPTABLE => "no acceptable way to log in",
        _ => "unknown reply",
    }
}

/// Asks a SOCKS proxy, step by step.
///
/// `Method` (which way to log in) leads to `Login` or `Request`, `Login` to `Request`, and `Request`
/// to the end.
pub(super) struct Socks5 {
    stage: Stage,
    login: Option<Login>,
    target: Target,
    /// The answer to the stage so far: at most 262 bytes.
    answer: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Stage {
    Method,
    Login,
    Request,
}

/// What an answer means, as far as it has come.
enum Step {
    Incomplete,
    Next(Stage),
    Open,
}

impl Socks5 {
    /// Appends the first message to `out` and waits for its answer.
    pub(super) fn start(proxy: &Proxy, target: &Target, out: &mut Vec<u8>) -> Socks5 {
        let login = proxy.login().cloned();
        match login {
            None => out.extend_from_slice(&[VERSION, 1, METHOD_NONE]),
            Some(_) => out.extend_from_slice(&[VERSION, 2, METHOD_NONE, METHOD_LOGIN]),
        }
        Socks5 { stage: Stage::Method, login, target: target.clone(), answer: Vec::new() }
    }

    /// Takes bytes up to the end of the last answer; appends what is to be said next to `out`.
    ///
    /// The proxy cannot have answered what it has not been asked: nothing may follow an answer but the last.
    pub(super) fn receive(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Received, Refusal> {
        for (place, byte) in input.iter().enumerate() {
            self.answer.push(*byte);
            match self.step()? {
                Step::Incomplete => {}
                Step::Open => return Ok(Received::Open { consumed: place + 1 }),
                Step::Next(stage) => {
                    if place + 1 != input.len() {
                        return Err(Refusal::MALFORMED);
                    }
                    self.go_on(stage, out);
                }
            }
        }
        Ok(Received::NeedMore)
    }

    fn go_on(&mut self, stage: Stage, out: &mut Vec<u8>) {
        self.stage = stage;
        self.answer.clear();
        match (stage, &self.login) {
            (Stage::Login, Some(Login::Socks { user, password })) => {
                out.push(LOGIN_VERSION);
                write_short(user, out);
                write_short(password, out);
            }
            (Stage::Request, _) => write_request(&self.target, out),
            _ => {}
        }
    }

    /// What the answer to the stage means; the last byte of it has not been looked at before.
    fn step(&self) -> Result<Step, Refusal> {
        match (self.stage, self.answer.as_slice()) {
            (Stage::Method | Stage::Request, [VERSION]) | (Stage::Login, [LOGIN_VERSION]) => {
                Ok(Step::Incomplete)
            }
            (Stage::Method, [_, METHOD_NONE]) => Ok(Step::Next(Stage::Request)),
            (Stage::Method, [_, METHOD_LOGIN]) if self.login.is_some() => {
                Ok(Step::Next(Stage::Login))
            }
            (Stage::Method, [_, METHOD_NOT_ACCEPTABLE]) => {
                Err(refusal(ErrorCode::ProxyUnauthorized, METHOD_NOT_ACCEPTABLE))
            }
            (Stage::Login, [_, 0]) => Ok(Step::Next(Stage::Request)),
            // The status of this exchange is no reply, and says nothing but that it failed.
            (Stage::Login, [_, _]) => {
                Err(Refusal { error: ErrorCode::ProxyUnauthorized, answer: Answer::Nothing })
            }
            (Stage::Request, [_, reply, rest @ ..]) => step_reply(*reply, rest),
            _ => Err(Refusal::MALFORMED),
        }
    }
}

/// The reply to the request, behind its version. What refuses need not be whole: some proxies send no
/// address then.
fn step_reply(reply: u8, rest: &[u8]) -> Result<Step, Refusal> {
    const PORT_BYTES: usize = 2;
    if reply != 0 {
        return Err(refusal(ErrorCode::ProxyRefused, reply));
    }
    let (address, length) = match rest {
        [] | [0] | [0, ADDRESS_NAME] => return Ok(Step::Incomplete),
        [0, ADDRESS_V4, address @ ..] => (address, 4),
        [0, ADDRESS_V6, address @ ..] => (address, 16),
        [0, ADDRESS_NAME, length, name @ ..] => (name, usize::from(*length)),
        _ => return Err(Refusal::MALFORMED),
    };
    if address.len() == length + PORT_BYTES {
        return Ok(Step::Open);
    }
    Ok(Step::Incomplete)
}

fn refusal(error: ErrorCode, reply: u8) -> Refusal {
    Refusal { error, answer: Answer::Socks(reply) }
}

fn write_request(target: &Target, out: &mut Vec<u8>) {
    out.extend_from_slice(&[VERSION, COMMAND_CONNECT, 0]);
    match &target.host {
        TargetHost::Name(name) => {
            out.push(ADDRESS_NAME);
            write_short(name, out);
        }
        TargetHost::Address(IpAddr::V4(address)) => {
            out.push(ADDRESS_V4);
            out.extend_from_slice(&address.octets());
        }
        TargetHost::Address(IpAddr::V6(address)) => {
            out.push(ADDRESS_V6);
            out.extend_from_slice(&address.octets());
        }
    }
    out.extend_from_slice(&target.port.to_be_bytes());
}

/// A text of at most 255 bytes behind its length.
fn write_short(text: &str, out: &mut Vec<u8>) {
    out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    out.extend(text.bytes().take(usize::from(u8::MAX)));
}
