//! Files that were read, and places in them.

use std::ops::Range;

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// What a file is to the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `rulegen.yml`.
    Project,
    /// A threshold spec.
    Spec,
    /// A pack of ready-made signals.
    Pack,
    /// A list of metrics that exist.
    Catalog,
}

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as the user should see it: relative to the project file, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What it is.
    pub role: Role,
}

/// All files of one build. Pure stages see the world through this.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    missing: Vec<String>,
    shown_under: String,
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, role: Role, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile { path: path.into(), text: text.into(), role });
        FileId(self.files.len() - 1)
    }

    /// Records that a pattern of the project file matched no file.
    pub fn nothing_at(&mut self, pattern: &str) {
        self.missing.push(pattern.to_owned());
    }

    pub(crate) fn is_missing(&self, pattern: &str) -> bool {
        self.missing.iter().any(|m| m == pattern)
    }

    /// Problems show paths under this folder: where the project stands, seen from where the user stands.
    pub fn show_under(&mut self, folder: &str) {
        self.shown_under = format!("{}/", folder.trim_end_matches('/'));
    }

    pub(crate) fn shown_path(&self, file: &SourceFile) -> String {
        format!("{}{}", self.shown_under, file.path)
    }

    /// The same files with these places blotted out, byte for byte, so that all positions stay.
    pub(crate) fn without(&self, concealed: &[Span]) -> Self {
        let mut copy = self.clone();
        for span in concealed {
            let Some(file) = copy.files.get_mut(span.file.0) else { continue };
            let range = span.range(&file.text);
            let hidden = file.text.get(range.clone()).unwrap_or("");
            let blot: String = hidden.bytes().map(|byte| if byte == b'\n' { '\n' } else { '*' }).collect();
            file.text.replace_range(range, &blot);
        }
        copy
    }

    /// The files of one role, in the order they were added.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().filter(move |(_, f)| f.role == role).map(|(i, f)| (FileId(i), f))
    }

    pub(crate) fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0)
    }

    /// Path, and line and column (both from 1, columns in characters) of the start and end of a span.
    pub(crate) fn position(&self, span: Span) -> Position {
        let Some(file) = self.file(span.file) else { return Position::default() };
        let (line, column) = line_column(&file.text, span.start);
        let (end_line, end_column) = line_column(&file.text, span.end.max(span.start));
        Position { path: self.shown_path(file), line, column, end_line, end_column }
    }
}

/// A span in the way people count.
#[derive(Debug, Default)]
pub(crate) struct Position {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
}

fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..floor(text, offset)).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    (line, before.get(line_start..).unwrap_or("").chars().count() + 1)
}

/// The last character boundary at or before `offset`.
pub(crate) fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

impl Span {
    pub(crate) fn range(self, text: &str) -> Range<usize> {
        let start = floor(text, self.start);
        start..floor(text, self.end).max(start)
    }

    /// The part `from..to` of this span.
    pub(crate) fn part(self, from: usize, to: usize) -> Self {
        Self { file: self.file, start: self.start + from, end: (self.start + to).min(self.end.max(self.start + from)) }
    }
}
