//! What a client's request and the answer to it tell of themselves, as JSON and as one line.
//!
//! Values of fields that carry secrets are in neither.

use super::client_request::ClientRequest;
use super::describe::{write_extensions, write_headers, write_version};
use super::response::Response;
use crate::protocol::json::JsonWriter;
use crate::protocol::version::Version;

impl ClientRequest {
    /// An object: `peer`, `host`, `port`, `resource`, `version`, `origin`, `subprotocols`, and `headers`
    /// as pairs.
    pub fn to_json(&self, peer: Option<&str>) -> String {
        let mut json = JsonWriter::new();
        json.object(|json| {
            json.name("peer").optional_string(peer);
            json.name("host").string(self.host_name());
            json.name("port").number(self.port());
            json.name("resource").string(self.target());
            write_version(json.name("version"), self.version());
            json.name("origin").optional_string(self.origin());
            json.name("subprotocols").array(|json| {
                self.subprotocols().iter().for_each(|name| json.string(&**name));
            });
            let fields = self.headers().iter().map(|(name, value)| (name, value.as_bytes()));
            write_headers(json.name("headers"), fields);
        });
        json.into_text()
    }

    /// A line such as `GET /chat for a.example:80 to 192.0.2.1:80, version 13, origin http://b.example`.
    pub fn to_text(&self, peer: Option<&str>) -> String {
        let (target, host, port) = (self.target(), self.host_name(), self.port());
        let mut text = format!("GET {target} for {host}:{port}");
        if let Some(peer) = peer {
            text += &format!(" to {peer}");
        }
        text += &format!(", version {}", self.version().number());
        if let Some(origin) = self.origin() {
            text += &format!(", origin {origin}");
        }
        if !self.subprotocols().is_empty() {
            text += &format!(", subprotocols {}", self.subprotocols().join(" "));
        }
        text
    }
}

impl Response {
    /// An object: `peer`, `status`, `phrase`, `version`, `subprotocol`, `extensions`, `headers` as pairs,
    /// and `body_bytes`.
    pub fn to_json(&self, peer: Option<&str>) -> String {
        let mut json = JsonWriter::new();
        json.object(|json| {
            json.name("peer").optional_string(peer);
            json.name("status").number(self.status());
            json.name("phrase").string(self.phrase());
            write_version(json.name("version"), self.version());
            json.name("subprotocol").optional_string(self.subprotocol());
            write_extensions(json.name("extensions"), &self.extensions());
            let fields = (0..self.header_count()).filter_map(|index| self.header_at(index));
            write_headers(json.name("headers"), fields);
            json.name("body_bytes").number(self.body().len() as u64);
        });
        json.into_text()
    }

    /// A line such as `101 Switching Protocols from 192.0.2.1:80, version 13, subprotocol chat`.
    pub fn to_text(&self, peer: Option<&str>) -> String {
        let mut text = self.status().to_string();
        if !self.phrase().is_empty() {
            text += &format!(" {}", self.phrase().replace('\t', " "));
        }
        if let Some(peer) = peer {
            text += &format!(" from {peer}");
        }
        if self.version() != Version::Unknown {
            text += &format!(", version {}", self.version().number());
        }
        if let Some(subprotocol) = self.subprotocol() {
            text += &format!(", subprotocol {}", subprotocol.replace('\t', " "));
        }
        if !self.body().is_empty() {
            text += &format!(", a body of {} bytes", self.body().len());
        }
        text
    }
}
