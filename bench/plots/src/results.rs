//! What `bench/run` has written.

use std::error::Error;

use serde_json::Value;

pub struct Results(Value);

pub struct Cell<'a>(&'a Value);

impl Results {
    pub fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let value: Value = serde_json::from_str(text)?;
        if !value["cells"].is_array() {
            return Err("there are no cells in the results".into());
        }
        Ok(Self(value))
    }

    /// The cells of a mode.
    pub fn cells<'a>(&'a self, mode: &'a str) -> impl Iterator<Item = Cell<'a>> {
        let all = self.0["cells"].as_array().into_iter().flatten();
        all.filter(move |cell| cell["mode"] == mode).map(Cell)
    }
}

impl Cell<'_> {
    pub fn title(&self) -> &str {
        self.0["title"].as_str().unwrap_or("")
    }

    /// A word that the load was given.
    pub fn fact(&self, name: &str) -> Option<f64> {
        self.0["facts"][name].as_f64()
    }

    /// Servers, and the median of a value of each.
    pub fn medians(&self, value: &str) -> Vec<(String, f64)> {
        let servers = self.0["medians"].as_object().into_iter().flatten();
        servers.filter_map(|(name, values)| Some((name.clone(), values[value].as_f64()?))).collect()
    }
}
