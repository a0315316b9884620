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
            let values =
                good(runs.as_array()?).iter().filter_map(|run| run[value].as_f64()).collect();
            Some((name.clone(), median(values)?))
        })
        .collect()
    }
}

/// The runs that count: those that nothing disturbed, or else the better half of those that ended.
fn good(runs: &[Value]) -> Vec<&Value> {
    let disturbance = |run: &Value| run["disturbance"].as_f64();
    let mut ended: Vec<&Value> = runs.iter().filter(|run| disturbance(run).is_some()).collect();
    ended.sort_by(|a, b| {
        f64::total_cmp(&disturbance(a).unwrap_or(0.0), &disturbance(b).unwrap_or(0.0))
    });
    let calm = ended.iter().filter(|run| disturbance(run) <= Some(1.0)).count();
    let count = if calm > 0 { calm } else { ended.len().div_ceil(2) };
    ended.truncate(count);
    ended
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
