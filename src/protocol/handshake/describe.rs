//! What a request tells of itself to a log: as JSON, and in one line.
//!
//! Fields that carry secrets are named, but their values are not written: whoever needs them asks the
//! request for them.

use std::collections::BTreeMap;

use super::credentials::{HIDDEN, is_secret};
use super::extension::ExtensionOffer;
use super::query::Parameters;
use super::request::Request;
use crate::protocol::json::JsonWriter;
use crate::protocol::version::Version;

impl Request {
    /// The request as a JSON object; `peer` is the address that it came from.
    pub fn to_json(&self, peer: Option<&str>) -> String {
        let mut json = JsonWriter::new();
        json.object(|json| {
            json.name("peer").optional_string(peer);
            json.name("method").string(self.method());
            json.name("host").string(self.host());
            json.name("path").string(self.path());
            json.name("query").optional_string(self.query());
            write_parameters(json.name("parameters"), &self.parameters());
            let fields = (0..self.header_count()).filter_map(|index| self.header_at(index));
            write_headers(json.name("headers"), fields);
            write_version(json.name("version"), self.version());
            json.name("origin").optional_string(self.origin());
            json.name("subprotocols").array(|json| {
                self.subprotocols().for_each(|subprotocol| json.string(subprotocol));
            });
            write_extensions(json.name("extensions"), &self.extensions());
        });
        json.into_text()
    }

    /// The request in one line of visible characters, without its other fields; `peer` is the address
    /// that it came from.
    pub fn to_text(&self, peer: Option<&str>) -> String {
        let mut text = format!("{} {} for {}", self.method(), self.target(), self.host());
        let mut add = |label: &str, value: &str| {
            text.push_str(label);
            text.push_str(value);
        };
        if let Some(peer) = peer {
            add(" from ", peer);
        }
        if let Some(origin) = self.origin() {
            add(", origin ", &origin.replace('\t', " "));
        }
        if self.version() != Version::Unknown {
            add(", version ", &self.version().number().to_string());
        }
        for (index, subprotocol) in self.subprotocols().enumerate() {
            let label = if index == 0 { ", subprotocols " } else { " " };
            add(label, &subprotocol.replace('\t', " "));
        }
        for (index, extension) in self.extensions().iter().enumerate() {
            add(if index == 0 { ", extensions " } else { " " }, &extension.name);
        }
        text
    }
}

/// An object with an array of values for each name, sorted by name.
fn write_parameters(json: &mut JsonWriter, parameters: &Parameters) {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in parameters.iter() {
        values.entry(name).or_default().push(value);
    }
    json.object(|json| {
        for (name, values) in values {
            json.name(name).array(|json| values.into_iter().for_each(|value| json.string(value)));
        }
    });
}

/// An array with a pair of name and value for each field.
pub(super) fn write_headers<'a>(
    json: &mut JsonWriter,
    fields: impl Iterator<Item = (&'a str, &'a [u8])>,
) {
    json.array(|json| {
        for (name, value) in fields {
            json.array(|json| {
                json.string(name);
                json.string(if is_secret(name) { HIDDEN.as_bytes() } else { value });
            });
        }
    });
}

/// The number of a version, or null.
pub(super) fn write_version(json: &mut JsonWriter, version: Version) {
    match version {
        Version::Unknown => json.null(),
        version => json.number(version.number()),
    }
}

/// An array with the name and the parameters of each extension.
pub(super) fn write_extensions(json: &mut JsonWriter, extensions: &[ExtensionOffer]) {
    json.array(|json| {
        for extension in extensions {
            json.object(|json| {
                json.name("name").string(&*extension.name);
                json.name("parameters").array(|json| write_extension_parameters(json, extension));
            });
        }
    });
}

fn write_extension_parameters(json: &mut JsonWriter, extension: &ExtensionOffer) {
    for parameter in &extension.parameters {
        json.array(|json| {
            json.string(&*parameter.name);
            json.optional_string(parameter.value.as_deref());
        });
    }
}
