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
        let runs = self.0["runs"].as_object().into_iter().flatten();
        runs.filter_map(|(name, runs)| {
            let runs = runs.as_array()?.iter();
            Some((name.clone(), median(runs.filter_map(|run| run[value].as_f64()).collect())?))
        })
        .collect()
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        len if len % 2 == 0 => Some((values[middle - 1] + values[middle]) / 2.0),
        _ => Some(values[middle]),
    }
}
