//! Draws `build/bench/results.json` as SVG files: plots RESULTS.JSON DIRECTORY.

mod chart;
mod results;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use chart::{Chart, Panel};
use results::{Cell, Results};

/// Of the echoes: payload, messages in flight and connections of those that are drawn.
const ECHOES: &[(f64, f64, f64)] = &[
    (16.0, 16.0, 50.0),
    (1024.0, 16.0, 50.0),
    (1024.0, 1.0, 50.0),
    (16384.0, 16.0, 50.0),
    (262144.0, 1.0, 50.0),
    (1048576.0, 1.0, 1.0),
];

/// A file: its name, its heading, the mode and value that it shows, and what its bars say.
struct Plan {
    file: &'static str,
    heading: &'static str,
    mode: &'static str,
    value: &'static str,
    is_more_better: bool,
    label: fn(f64) -> String,
}

const PLANS: &[Plan] = &[
    Plan {
        file: "bench-throughput.svg",
        heading: "Echoed messages a second (more is better)",
        mode: "echo",
        value: "rate",
        is_more_better: true,
        label: count,
    },
    Plan {
        file: "bench-cpu.svg",
        heading: "CPU of the server for an echoed message (less is better)",
        mode: "echo",
        value: "cpu_ns",
        is_more_better: false,
        label: duration,
    },
    Plan {
        file: "bench-memory.svg",
        heading: "Resident memory for an idle connection (less is better)",
        mode: "idle",
        value: "bytes",
        is_more_better: false,
        label: bytes,
    },
];

fn count(value: f64) -> String {
    match value {
        _ if value >= 1e6 => format!("{:.2} M", value / 1e6),
        _ if value >= 1e4 => format!("{:.0} k", value / 1e3),
        _ if value >= 1e3 => format!("{:.1} k", value / 1e3),
        _ => format!("{value:.0}"),
    }
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds / 1e3 {
        us if us >= 100.0 => format!("{us:.0} µs"),
        us if us >= 10.0 => format!("{us:.1} µs"),
        us => format!("{us:.2} µs"),
    }
}

fn bytes(value: f64) -> String {
    if value >= 10240.0 { format!("{:.1} KiB", value / 1024.0) } else { format!("{value:.0} B") }
}

fn is_drawn(plan: &Plan, cell: &Cell) -> bool {
    let fact = |name| cell.fact(name).unwrap_or(0.0);
    let echo = (fact("payload"), fact("in_flight"), fact("connections"));
    plan.mode != "echo" || (ECHOES.contains(&echo) && fact("text") == 0.0)
}

fn draw(plan: &Plan, results: &Results, directory: &Path) -> Result<(), Box<dyn Error>> {
    let panels: Vec<Panel> = results
        .cells(plan.mode)
        .filter(|cell| is_drawn(plan, cell))
        .map(|cell| Panel::new(cell.title(), cell.medians(plan.value), plan.is_more_better))
        .filter(|panel| !panel.bars.is_empty())
        .collect();
    if panels.is_empty() {
        return Ok(());
    }
    let chart = Chart { heading: plan.heading, panels, label: plan.label };
    Ok(fs::write(directory.join(plan.file), chart.to_svg()?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().collect();
    let [_, file, directory] = words.as_slice() else {
        return Err("usage: plots RESULTS.JSON DIRECTORY".into());
    };
    let results = Results::parse(&fs::read_to_string(file)?)?;
    fs::create_dir_all(directory)?;
    for plan in PLANS {
        draw(plan, &results, Path::new(directory))?;
    }
    Ok(())
}
