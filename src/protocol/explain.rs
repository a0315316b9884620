//! The report of an end as a line for people and as JSON for machines: the same text each time, and
//! no byte of the peer's that could break a line or a terminal.

use core::fmt::Write;

use super::close::CloseFrame;
use super::error::ErrorCode;
use super::event::{CloseReport, Initiator};
use super::failure::{Stage, Timeout};
use super::json::JsonWriter;
use super::proxy::reply_text;

impl CloseReport {
    /// Why the connection ended, in one line without a line end.
    pub fn to_text(&self) -> String {
        let (name, message) = self.verdict();
        let mut text = format!("{name} ({message}) {}", self.stage.phrase());
        let mut separator = ": ";
        for detail in self.details().into_iter().flatten() {
            text.push_str(separator);
            text.push_str(&detail);
            separator = "; ";
        }
        text
    }

    /// All that is known, as one object; what is not there is null.
    pub fn to_json(&self) -> String {
        let mut json = JsonWriter::new();
        json.object(|json| {
            self.write_verdict(json);
            json.name("code").number(self.code().number());
            write_frame(json.name("local"), self.local.as_ref());
            write_frame(json.name("remote"), self.remote.as_ref());
            self.write_causes(json);
            json.name("frames").array(|json| {
                self.frames.iter().for_each(|head| json.string(hex(head)));
            });
            self.write_times(json.name("stage_us"));
        });
        json.into_text()
    }

    /// The name of the status and what it means.
    fn verdict(&self) -> (&'static str, String) {
        match (self.error, self.initiator) {
            (Some(error), _) => (error.name(), error.to_string()),
            (None, Initiator::Local) => ("OXWS_OK", "this side closed".into()),
            (None, Initiator::Remote) => ("OXWS_OK", "the peer closed".into()),
            (None, Initiator::Nobody) => ("OXWS_OK", "the request was answered".into()),
        }
    }

    fn details(&self) -> [Option<String>; 8] {
        let header = self.error.and_then(ErrorCode::header_name);
        let place =
            if matches!(self.stage, Stage::Open | Stage::Closing) { "frame" } else { "head" };
        [
            self.close_frames(),
            (self.http_status != 0).then(|| format!("HTTP status {}", self.http_status)),
            self.socks_reply(),
            header.map(|name| format!("header {name}")),
            self.byte_offset.map(|offset| format!("{place} at byte {offset}")),
            // What the system itself says of the number, and the number.
            (self.os_error != 0)
                .then(|| std::io::Error::from_raw_os_error(self.os_error).to_string()),
            self.tls_alert.map(|alert| format!("TLS alert {alert}")),
            self.last_frames(),
        ]
    }

    /// The Close frames of both sides, where there could have been any.
    fn close_frames(&self) -> Option<String> {
        if !matches!(self.stage, Stage::Open | Stage::Closing) {
            return None;
        }
        let own = self.error.map(|error| error.to_string()).unwrap_or_default();
        let said = |frame: Option<&CloseFrame>| match frame {
            None => "nothing".to_owned(),
            // What has been said as the error is not said again.
            Some(frame) if frame.reason.is_empty() || *frame.reason == *own => {
                frame.code.number().to_string()
            }
            Some(frame) => format!("{} {:?}", frame.code.number(), frame.reason),
        };
        let (local, remote) = (said(self.local.as_ref()), said(self.remote.as_ref()));
        Some(format!("sent {local}, received {remote}"))
    }

    fn socks_reply(&self) -> Option<String> {
        let reply = self.socks_reply;
        (reply != 0).then(|| format!("SOCKS reply {reply}, {}", reply_text(reply)))
    }

    fn last_frames(&self) -> Option<String> {
        let frames: Vec<String> = self.frames.iter().map(hex).collect();
        (!frames.is_empty()).then(|| format!("last frames {}", frames.join(", ")))
    }

    fn write_verdict(&self, json: &mut JsonWriter) {
        let (name, message) = self.verdict();
        json.name("status").number(self.error.map_or(0, ErrorCode::number));
        json.name("name").string(name);
        json.name("message").string(message);
        json.name("stage").string(self.stage.name());
        let timeout = self.error.and_then(ErrorCode::timeout);
        json.name("timeout").optional_string(timeout.map(Timeout::name));
        json.name("initiator").string(match self.initiator {
            Initiator::Nobody => "none",
            Initiator::Local => "local",
            Initiator::Remote => "remote",
        });
        json.name("was_clean").boolean(self.was_clean());
    }

    fn write_causes(&self, json: &mut JsonWriter) {
        let http_status = (self.http_status != 0).then_some(self.http_status);
        let os_error = (self.os_error != 0).then_some(self.os_error);
        let socks_reply = (self.socks_reply != 0).then_some(self.socks_reply);
        write_number(json.name("http_status"), http_status);
        write_number(json.name("socks_reply"), socks_reply);
        json.name("header").optional_string(self.error.and_then(ErrorCode::header_name));
        write_number(json.name("byte_offset"), self.byte_offset);
        write_number(json.name("os_error"), os_error);
        write_number(json.name("tls_alert"), self.tls_alert);
    }

    /// How long each stage took, unless all were behind it: then the library has forgotten it.
    fn write_times(&self, json: &mut JsonWriter) {
        let timed = [Stage::Resolve, Stage::Connect, Stage::Proxy, Stage::Tls, Stage::Handshake];
        if !timed.contains(&self.stage) {
            return json.null();
        }
        json.object(|json| {
            for stage in timed {
                json.name(stage.name()).number(self.times.micros(stage));
            }
        });
    }
}

impl Stage {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Resolve => "resolve",
            Stage::Connect => "connect",
            Stage::Tls => "tls",
            Stage::Proxy => "proxy",
            Stage::Handshake => "handshake",
            Stage::Open => "open",
            Stage::Closing => "closing",
            Stage::Waiting => "waiting",
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Stage::Resolve => "while looking up the name",
            Stage::Connect => "while connecting",
            Stage::Tls => "in the TLS handshake",
            Stage::Proxy => "while asking the proxy",
            Stage::Handshake => "in the opening handshake",
            Stage::Open => "while open",
            Stage::Closing => "while closing",
            Stage::Waiting => "while waiting to come back",
        }
    }
}

impl Timeout {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Timeout::Handshake => "handshake",
            Timeout::Connect => "connect",
            Timeout::Pong => "pong",
            Timeout::Idle => "idle",
            Timeout::Close => "close",
            Timeout::WriteStall => "write_stall",
        }
    }
}

fn write_frame(json: &mut JsonWriter, frame: Option<&CloseFrame>) {
    match frame {
        None => json.null(),
        Some(frame) => json.object(|json| {
            json.name("code").number(frame.code.number());
            json.name("reason").string(&*frame.reason);
        }),
    }
}

fn write_number(json: &mut JsonWriter, number: Option<impl Into<i128>>) {
    match number {
        None => json.null(),
        Some(number) => json.number(number),
    }
}

/// The first two bytes of a frame, as "81 05".
fn hex([first, second]: [u8; 2]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(text, "{first:02x} {second:02x}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::close::CloseCode;
    use crate::protocol::event::Announced;
    use crate::protocol::failure::FrameHeads;
    use crate::protocol::time::Time;

    fn report(error: Option<ErrorCode>, stage: Stage) -> CloseReport {
        CloseReport {
            error,
            stage,
            initiator: Initiator::Nobody,
            local: None,
            remote: None,
            http_status: 0,
            socks_reply: 0,
            response: None,
            byte_offset: None,
            frames: FrameHeads::default(),
            tls_alert: None,
            os_error: 0,
            times: Default::default(),
            announced: Announced::Connection,
            linger: false,
        }
    }

    fn frame(code: u16, reason: &str) -> Option<CloseFrame> {
        Some(CloseFrame { code: CloseCode::from_number(code), reason: reason.into() })
    }

    #[test]
    fn a_broken_rule_is_told_with_its_place() {
        let mut report = report(Some(ErrorCode::TextUtf8), Stage::Open);
        report.initiator = Initiator::Local;
        report.local = frame(1007, "a text message is not UTF-8");
        report.byte_offset = Some(120);
        report.frames.push([0x81, 0x85]);
        report.frames.push([0x01, 0x0a]);
        assert_eq!(
            report.to_text(),
            "OXWS_ERROR_TEXT_UTF8 (a text message is not UTF-8) while open: sent 1007, received \
             nothing; frame at byte 120; last frames 81 85, 01 0a"
        );
        assert_eq!(
            report.to_json(),
            "{\"status\":-413,\"name\":\"OXWS_ERROR_TEXT_UTF8\",\
             \"message\":\"a text message is not UTF-8\",\"stage\":\"open\",\"timeout\":null,\
             \"initiator\":\"local\",\"was_clean\":false,\"code\":1006,\
             \"local\":{\"code\":1007,\"reason\":\"a text message is not UTF-8\"},\"remote\":null,\
             \"http_status\":null,\"socks_reply\":null,\"header\":null,\"byte_offset\":120,\
             \"os_error\":null,\"tls_alert\":null,\"frames\":[\"81 85\",\"01 0a\"],\"stage_us\":null}"
        );
    }

    #[test]
    fn a_reason_of_the_peer_stays_in_its_line() {
        let mut report = report(None, Stage::Closing);
        report.initiator = Initiator::Remote;
        report.local = frame(4000, "");
        report.remote = frame(4000, "a\"b\n\u{1b}\u{202e}c");
        assert_eq!(
            report.to_text(),
            "OXWS_OK (the peer closed) while closing: sent 4000, received 4000 \
             \"a\\\"b\\n\\u{1b}\\u{202e}c\""
        );
        assert!(report.to_json().contains(r#""reason":"a\"b\n\u001b"#));
    }

    #[test]
    fn stages_that_lead_to_an_open_connection_are_told_with_their_times() {
        let rows = [
            (
                Stage::Tls,
                r#""stage_us":{"resolve":7,"connect":30,"proxy":200,"tls":1000,"handshake":0}}"#,
            ),
            (Stage::Waiting, r#""stage_us":null}"#),
            (Stage::Open, r#""stage_us":null}"#),
            (Stage::Closing, r#""stage_us":null}"#),
        ];
        for (stage, want) in rows {
            let mut report = report(Some(ErrorCode::ConnectionLost), stage);
            let begins =
                [(Stage::Resolve, 0), (Stage::Connect, 7), (Stage::Proxy, 37), (Stage::Tls, 237)];
            for (stage, micros) in begins {
                report.times.reach(stage, Time::from_micros(micros));
            }
            report.times.stop(Time::from_micros(1237));
            let json = report.to_json();
            assert!(json.ends_with(want), "{json}");
        }
    }

    #[test]
    fn what_is_told_has_an_end() {
        // Longer than a report can have both: Close frames, and times before the opening.
        for (error, stage) in
            ErrorCode::ALL.iter().flat_map(|it| [(it, Stage::Closing), (it, Stage::Handshake)])
        {
            let mut report = report(Some(*error), stage);
            for stage in [Stage::Resolve, Stage::Connect, Stage::Proxy, Stage::Tls, stage] {
                report.times.reach(stage, Time::from_micros(0));
                report.times.stop(Time::from_micros(u64::MAX));
            }
            report.initiator = Initiator::Remote;
            report.local = frame(4000, &"\u{1f}".repeat(123));
            report.remote = frame(4000, &"\u{1f}".repeat(123));
            report.http_status = 599;
            report.socks_reply = 255;
            report.byte_offset = Some(u64::MAX);
            report.tls_alert = Some(255);
            report.os_error = i32::MIN;
            (0..4).for_each(|_| report.frames.push([0xff, 0xff]));
            // The size that the header names, less the NUL.
            assert!(report.to_text().len() < 4096, "{error:?}");
            assert!(report.to_json().len() < 4096, "{error:?}");
        }
    }

    #[test]
    fn an_end_before_the_opening_tells_no_close_frames() {
        let cases: [(ErrorCode, Stage, &str); 4] = [
            (ErrorCode::ResolveFailed, Stage::Resolve, "while looking up the name"),
            (ErrorCode::ConnectTimeout, Stage::Connect, "while connecting"),
            (ErrorCode::ConnectionLost, Stage::Tls, "in the TLS handshake"),
            (ErrorCode::HandshakeTimeout, Stage::Proxy, "while asking the proxy"),
        ];
        for (error, stage, phrase) in cases {
            let text = report(Some(error), stage).to_text();
            assert_eq!(text, format!("{} ({error}) {phrase}", error.name()));
        }
    }

    #[test]
    fn a_refusal_of_a_proxy_is_told_with_its_cause() {
        let mut report = report(Some(ErrorCode::ProxyRefused), Stage::Proxy);
        report.socks_reply = 5;
        assert_eq!(
            report.to_text(),
            "OXWS_ERROR_PROXY_REFUSED (the proxy does not let the connection through) while asking \
             the proxy: SOCKS reply 5, connection refused"
        );
        assert!(report.to_json().contains(r#""http_status":null,"socks_reply":5,"header":null"#));
    }

    #[test]
    fn a_refused_handshake_is_told_with_its_cause() {
        let mut report = report(Some(ErrorCode::HandshakeKey), Stage::Handshake);
        report.http_status = 400;
        assert_eq!(
            report.to_text(),
            "OXWS_ERROR_HANDSHAKE_KEY (Sec-WebSocket-Key is missing, repeated or malformed) in the \
             opening handshake: HTTP status 400; header Sec-WebSocket-Key"
        );
        report.error = Some(ErrorCode::HandshakeMalformed);
        report.byte_offset = Some(25);
        report.tls_alert = Some(40);
        report.os_error = 104;
        assert_eq!(
            report.to_text(),
            "OXWS_ERROR_HANDSHAKE_MALFORMED (the bytes are not a well-formed HTTP/1.1 head) in the \
             opening handshake: HTTP status 400; head at byte 25; Connection reset by \
             peer (os error 104); TLS alert 40"
        );
        let json = report.to_json();
        assert!(
            json.contains(r#""http_status":400,"socks_reply":null,"header":null,"byte_offset":25"#)
        );
        report.error = Some(ErrorCode::PongTimeout);
        assert!(report.to_json().contains(r#""timeout":"pong","#));
    }
}
