//! A table as text: the first column left, numbers right.

/// Rows of cells under headings.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(headings: &[&str]) -> Self {
        let mut table = Self { rows: vec![headings.iter().map(|&heading| heading.to_owned()).collect()] };
        table.rule();
        table
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// A line between rows.
    pub fn rule(&mut self) {
        self.rows.push(Vec::new());
    }

    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        // The last column of words would only trail blanks and dashes.
        let widths: Vec<usize> =
            (0..columns).map(|column| width(column).min(if column == 0 { 60 } else { 10 })).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<String> = if row.is_empty() {
                widths.iter().map(|&width| "-".repeat(width)).collect()
            } else {
                row.iter()
                    .zip(&widths)
                    .enumerate()
                    .map(|(column, (cell, &width))| aligned(column, cell, width))
                    .collect()
            };
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

fn aligned(column: usize, cell: &str, width: usize) -> String {
    let is_number = cell.chars().next().is_none_or(|first| first.is_ascii_digit());
    let is_heading_of_number = column > 0 && cell.len() <= width;
    if is_number || is_heading_of_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
}
