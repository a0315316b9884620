//! Panels of horizontal bars. The background stays transparent and the colours are of a middle
//! brightness, so that a page may be light or dark.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const TEXT: RGBColor = RGBColor(0x74, 0x7c, 0x88);
const OURS: RGBColor = RGBColor(0xd9, 0x6b, 0x27);
const PEER: RGBColor = RGBColor(0x5a, 0x8f, 0xc4);
/// What is no WebSocket server that could be used.
const FLOOR: RGBColor = RGBColor(0xa0, 0xa6, 0xae);
const FLOORS: [&str; 2] = ["tcp_echo", "ws_floor"];

/// What the colours mean, from the right.
const LEGEND: [(&str, RGBColor, i32); 3] = [
    ("no library: the least that is possible", FLOOR, 222),
    ("others", PEER, 58),
    ("oxws", OURS, 58),
];
/// The side of its squares.
const SAMPLE: i32 = 10;

const COLUMNS: usize = 2;
const WIDTH: i32 = 430;
const NAMES_WIDTH: i32 = 128;
const LABELS_WIDTH: i32 = 66;
const HEADING: i32 = 34;
const TITLE: i32 = 26;
const ROW: i32 = 18;
const GAP: i32 = 18;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub struct Panel {
    title: String,
    /// The best first.
    pub bars: Vec<(String, f64)>,
}

impl Panel {
    pub fn new(title: &str, mut bars: Vec<(String, f64)>, is_more_better: bool) -> Self {
        bars.sort_by(|a, b| if is_more_better { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
        Self { title: title.into(), bars }
    }

    fn height(&self) -> i32 {
        TITLE + ROW * self.bars.len() as i32 + GAP
    }
}

pub struct Chart<'a> {
    pub heading: &'a str,
    pub panels: Vec<Panel>,
    pub label: fn(f64) -> String,
}

fn color_of(name: &str) -> RGBColor {
    match name {
        "oxws" => OURS,
        _ if FLOORS.contains(&name) => FLOOR,
        _ => PEER,
    }
}

fn write(
    area: &Area,
    words: &str,
    at: (i32, i32),
    size: i32,
    side: HPos,
) -> Result<(), Box<dyn Error>> {
    let style = TextStyle::from(("sans-serif", size).into_font()).color(&TEXT);
    area.draw_text(words, &style.pos(Pos::new(side, VPos::Center)), at)?;
    Ok(())
}

fn draw_legend(area: &Area, right: i32) -> Result<(), Box<dyn Error>> {
    let mut left = right;
    let middle = HEADING / 2;
    for (words, color, width) in LEGEND {
        left -= width;
        let corners = [(left, middle - SAMPLE / 2), (left + SAMPLE, middle + SAMPLE / 2)];
        area.draw(&Rectangle::new(corners, color.filled()))?;
        write(area, words, (left + SAMPLE + 5, middle), 12, HPos::Left)?;
    }
    Ok(())
}

impl Chart<'_> {
    pub fn to_svg(&self) -> Result<String, Box<dyn Error>> {
        let rows: Vec<i32> = self
            .panels
            .chunks(COLUMNS)
            .map(|row| row.iter().map(Panel::height).max().unwrap_or(0))
            .collect();
        let width = WIDTH * self.panels.len().min(COLUMNS) as i32;
        let height = HEADING + rows.iter().sum::<i32>();
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (width as u32, height as u32))
                .into_drawing_area();
            write(&area, self.heading, (8, HEADING / 2), 17, HPos::Left)?;
            draw_legend(&area, width - 8)?;
            let mut top = HEADING;
            for (panels, height) in self.panels.chunks(COLUMNS).zip(rows) {
                for (column, panel) in panels.iter().enumerate() {
                    self.draw(&area, panel, (WIDTH * column as i32, top))?;
                }
                top += height;
            }
            area.present()?;
        }
        Ok(svg)
    }

    fn draw(
        &self,
        area: &Area,
        panel: &Panel,
        (left, top): (i32, i32),
    ) -> Result<(), Box<dyn Error>> {
        let most = panel.bars.iter().map(|bar| bar.1).fold(0.0, f64::max);
        let from = left + NAMES_WIDTH;
        let room = f64::from(WIDTH - NAMES_WIDTH - LABELS_WIDTH);
        write(area, &panel.title, (left + 8, top + TITLE / 2), 14, HPos::Left)?;
        for (row, (name, value)) in panel.bars.iter().enumerate() {
            let y = top + TITLE + ROW * row as i32;
            let end = from + (room * value / most).round().max(1.0) as i32;
            write(area, name, (from - 6, y + ROW / 2), 12, HPos::Right)?;
            area.draw(&Rectangle::new(
                [(from, y + 2), (end, y + ROW - 3)],
                color_of(name).filled(),
            ))?;
            write(area, &(self.label)(*value), (end + 5, y + ROW / 2), 12, HPos::Left)?;
        }
        Ok(())
    }
}
