//! The folder with the data: where it is, and its lines as cases.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "REGATE_CONFORMANCE";
const SUITE: &str = "opa-suite.jsonl";
const COMPILE_ERRORS: &str = "compile-errors.jsonl";
const FORMAT: &str = "format.jsonl";
const REAL_TESTS: &str = "real-tests.jsonl";

/// The version of OPA whose verdict says which cases count.
const REFERENCE: &str = "opa-1.14.1";

/// The folder with the data.
pub struct Folder {
    path: PathBuf,
}

/// One evaluation case.
#[derive(Deserialize)]
pub struct SuiteCase {
    pub id: String,
    pub group: String,
    pub version: String,
    pub modules: Vec<String>,
    pub query: String,
    pub data: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub input: Option<Value>,
    pub input_term: Option<String>,
    pub want_result: Option<Vec<Value>>,
    pub want_error_code: Option<String>,
    pub want_error: Option<String>,
    #[serde(default)]
    pub sort_bindings: bool,
    #[serde(default)]
    pub strict_error: bool,
    #[serde(default)]
    pub builtins: Vec<String>,
    #[serde(rename = "ref")]
    reference: BTreeMap<String, bool>,
}

/// Modules and what OPA says of them.
#[derive(Deserialize)]
pub struct CompileCase {
    pub id: String,
    pub version: String,
    pub strict: bool,
    pub mutation: String,
    pub modules: Vec<ModuleText>,
    pub errors: Vec<WantedError>,
}

/// A text and how OPA lays it out.
#[derive(Deserialize)]
pub struct FormatCase {
    pub id: String,
    pub version: String,
    pub source: String,
    pub formatted: String,
}

/// A test rule of a public repository.
#[derive(Deserialize)]
pub struct RealTest {
    /// `owner/name`
    pub repository: String,
    /// Its folders, with ` + ` between them.
    pub folder: String,
    /// Tests of one number were compiled together.
    pub suite: u32,
    /// The path of the rule.
    pub test: String,
    /// Whether OPA passes it.
    pub opa: bool,
}

#[derive(Deserialize)]
pub struct ModuleText {
    pub path: String,
    pub source: String,
}

#[derive(Deserialize)]
pub struct WantedError {
    pub code: String,
    pub message: String,
    pub file: String,
    pub row: u32,
}

/// `null` is a value, and not the absence of one.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Folder {
    /// The folder, where it is present.
    pub fn find() -> Option<Self> {
        let path = match std::env::var_os(VARIABLE) {
            Some(path) => PathBuf::from(path),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"),
        };
        path.join(SUITE).is_file().then_some(Self { path })
    }

    /// What a person who sees the skip can do.
    pub fn how_to_give() -> String {
        format!("the data is not here; {VARIABLE} names the folder that holds {SUITE}, {COMPILE_ERRORS} and {FORMAT}")
    }

    /// The evaluation cases that the reference passes.
    pub fn suite(&self) -> Result<Vec<SuiteCase>, String> {
        let mut cases: Vec<SuiteCase> = self.lines(SUITE)?;
        cases.retain(|case| case.reference.get(REFERENCE) == Some(&true));
        Ok(cases)
    }

    /// All cases of compile errors.
    pub fn compile_errors(&self) -> Result<Vec<CompileCase>, String> {
        self.lines(COMPILE_ERRORS)
    }

    /// All texts to format.
    pub fn formats(&self) -> Result<Vec<FormatCase>, String> {
        self.lines(FORMAT)
    }

    /// The tests of public repositories; none where the folder has no list of them.
    pub fn real_tests(&self) -> Result<Vec<RealTest>, String> {
        if self.path.join(REAL_TESTS).is_file() { self.lines(REAL_TESTS) } else { Ok(Vec::new()) }
    }

    /// The digest of all that a floor depends on.
    pub fn digest(&self) -> Result<String, String> {
        let mut digest = Sha256::new();
        for file in [SUITE, COMPILE_ERRORS, FORMAT] {
            let text = self.text(file)?;
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn text(&self, file: &str) -> Result<String, String> {
        let path = self.path.join(file);
        std::fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    }

    fn lines<T: DeserializeOwned>(&self, file: &str) -> Result<Vec<T>, String> {
        self.text(file)?
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| serde_json::from_str(line).map_err(|error| format!("{file}:{}: {error}", index + 1)))
            .collect()
    }
}
