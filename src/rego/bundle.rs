//! Bundles as `opa build` makes them: a compressed archive of modules, data and a manifest.
//!
//! Read are `*.rego`, `data.json`, `data.yaml` and `data.yml` in any folder, whose content stands in the data under the path of the folder,
//! and `.manifest` with `revision`, `roots` and the versions of Rego. What a bundle may hold beside that and changes what a policy says is
//! refused and not passed over: `patch.json` of a delta bundle. Signatures are not looked at: whoever fetches a bundle checks them.

use super::check::Capabilities;
use super::document;
use super::program::{self, Compilation};
use super::source::{Dialect, DialectRule, Module};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::sorted::{self, InOrder};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::Read;

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What its maker calls this state of it.
    #[serde(default)]
    pub revision: String,
    /// The paths below `data` that it speaks for: all of them, as `""`, unless it says less.
    #[serde(default = "everything")]
    pub roots: Vec<String>,
    /// The version of Rego that its modules are written in, 0 or 1.
    #[serde(default)]
    pub rego_version: Option<u8>,
    /// The version of modules for which it is another one, by path or pattern of paths.
    #[serde(default)]
    pub file_rego_versions: sorted::Map<String, u8>,
}

fn everything() -> Vec<String> {
    vec![String::new()]
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            revision: String::new(),
            roots: everything(),
            rego_version: None,
            file_rego_versions: sorted::Map::new(),
        }
    }
}

/// A bundle that has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its modules, by path.
    pub modules: Vec<Module>,
    /// Its data.
    pub data: Map<String, Value>,
}

/// Several bundles together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundles {
    /// Their manifests, in the order given.
    pub manifests: Vec<Manifest>,
    /// Their modules.
    pub modules: Vec<Module>,
    /// For each module, the dialect that its manifest says, and the bundle that it is of.
    of_modules: Vec<(Option<Dialect>, usize)>,
    /// Their data, as JSON text.
    pub data: String,
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::BundleRefused, message)
}

impl Bundle {
    /// Reads the bytes of a `.tar.gz`.
    ///
    /// # Errors
    /// `bundle_refused` for what is no such archive, or holds what is not read here; `limit_exceeded` for one that is too large when it is
    /// unpacked; `input_not_json` for data or a manifest that is not JSON.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let limit = limits::BUNDLE_BYTES + limits::INPUT_BYTES;
        // INVARIANT (bounded): no more is ever unpacked than a bundle may hold.
        let mut unpacked = Vec::new();
        let mut decoder = MultiGzDecoder::new(bytes).take(limit + 1);
        decoder.read_to_end(&mut unpacked).map_err(|error| {
            refused(format!("the bundle is no gzip archive: {error}"))
                .with_help("give the bytes of a file that `opa build` has written")
        })?;
        if unpacked.len() as u64 > limit {
            return Err(Error::limit(
                "bundle_bytes",
                limit,
                format!("the bundle has more than {limit} bytes unpacked"),
            ));
        }
        let mut bundle = Self { manifest: Manifest::default(), modules: Vec::new(), data: Map::new() };
        let mut archive = tar::Archive::new(unpacked.as_slice());
        let no_archive = |error: std::io::Error| refused(format!("the bundle holds no tar archive: {error}"));
        for entry in archive.entries().map_err(no_archive)? {
            let mut entry = entry.map_err(no_archive)?;
            let path = path_of(&entry.path_bytes())?;
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                return Err(
                    refused(format!("{path}: a link is not followed")).with_help("put the file itself into the bundle")
                );
            }
            if !kind.is_file() {
                continue;
            }
            let mut content = Vec::new();
            entry.read_to_end(&mut content).map_err(no_archive)?;
            bundle.add(&path, &content)?;
        }
        bundle.modules.order_by(|a, b| a.path.cmp(&b.path));
        bundle.manifest.roots.iter_mut().for_each(|root| *root = root.trim_matches('/').to_owned());
        check_roots(&bundle.manifest.roots.iter().map(String::as_str).collect::<Vec<_>>())?;
        bundle.check_data()?;
        Ok(bundle)
    }

    fn add(&mut self, path: &str, content: &[u8]) -> Result<(), Error> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let folder = path.strip_suffix(name).unwrap_or("").trim_end_matches('/');
        let at = |mut error: Error| {
            error.message = format!("{path}: {}", error.message);
            error
        };
        match name {
            ".manifest" if folder.is_empty() => {
                let value = document::text(content).and_then(document::value_of_text).map_err(at)?;
                self.manifest =
                    serde_json::from_value(value).map_err(|error| refused(format!(".manifest: {error}")))?;
            }
            "data.json" | "data.yaml" | "data.yml" => {
                let read = if name == "data.json" { document::value_of_text } else { document::value_of_yaml };
                let value = document::text(content).and_then(read).map_err(at)?;
                let steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
                put(&mut self.data, &steps, value).map_err(|message| refused(format!("{path}: {message}")))?;
            }
            "patch.json" if folder.is_empty() => {
                return Err(refused("patch.json: a bundle of differences is not read")
                    .with_help("give the whole bundle, and update its data part by part"));
            }
            _ if name.ends_with(".rego") => {
                let source = std::str::from_utf8(content).map_err(|error| {
                    refused(format!("{path}: the module is not UTF-8 at byte {}", error.valid_up_to()))
                })?;
                self.modules.push(Module { path: path.to_owned(), source: source.to_owned() });
            }
            // Compiled forms for other engines, signatures, and whatever else lies there.
            _ => {}
        }
        Ok(())
    }

    /// Every part of the data must lie below a root, or on the way to one.
    fn check_data(&self) -> Result<(), Error> {
        let mut waiting: Vec<(String, &Map<String, Value>)> = vec![(String::new(), &self.data)];
        while let Some((above, object)) = waiting.pop() {
            for (key, value) in object {
                let path = if above.is_empty() { key.clone() } else { format!("{above}/{key}") };
                if self.manifest.roots.iter().any(|root| is_within(&path, root)) {
                    continue;
                }
                let leads_on = self.manifest.roots.iter().any(|root| is_within(root, &path));
                match value {
                    Value::Object(below) if leads_on => waiting.push((path, below)),
                    _ => return Err(self.manifest.not_permitted(&format!("data at path '/{path}'"))),
                }
            }
        }
        Ok(())
    }
}

impl Manifest {
    /// Refuses a package that lies below none of the roots.
    fn check_package(&self, module: &str, package: &[String]) -> Result<(), Error> {
        let path = package.join("/");
        if self.roots.iter().any(|root| is_within(&path, root)) {
            return Ok(());
        }
        Err(self.not_permitted(&format!("'package {}' in module '{module}'", package.join("."))))
    }

    fn not_permitted(&self, what: &str) -> Error {
        refused(format!("manifest roots {:?} do not permit {what}", self.roots))
            .with_help("name the path among the `roots` of the manifest, or put it into a bundle of its own")
    }

    /// The dialect that is said of a module.
    fn dialect_of(&self, path: &str) -> Result<Option<Dialect>, Error> {
        let path = format!("/{path}");
        let own = self.file_rego_versions.iter().find(|(pattern, _)| matches(pattern, &path));
        match own.map(|(_, version)| *version).or(self.rego_version) {
            None => Ok(None),
            Some(0) => Ok(Some(Dialect::V0)),
            Some(1) => Ok(Some(Dialect::V1)),
            Some(other) => Err(refused(format!(".manifest: there is no version {other} of Rego; there are 0 and 1"))),
        }
    }
}

impl Bundles {
    /// Puts bundles together, each by its name.
    ///
    /// # Errors
    /// `bundle_refused` where two of them speak for the same path.
    pub fn of(bundles: Vec<(String, Bundle)>) -> Result<Self, Error> {
        let is_one = bundles.len() == 1;
        let roots: Vec<&str> =
            bundles.iter().flat_map(|(_, bundle)| bundle.manifest.roots.iter().map(String::as_str)).collect();
        check_roots(&roots)?;
        let mut together = Self::default();
        let mut data = Map::new();
        for (at, (name, bundle)) in bundles.into_iter().enumerate() {
            for module in &bundle.modules {
                together.of_modules.push((bundle.manifest.dialect_of(&module.path)?, at));
                let path = if is_one { module.path.clone() } else { format!("{name}/{}", module.path) };
                together.modules.push(Module { path, source: module.source.clone() });
            }
            merge(&mut data, bundle.data).map_err(|at| refused(format!("{name}: the data at {at} is said twice")))?;
            together.manifests.push(bundle.manifest);
        }
        together.data = Value::Object(data).to_string();
        Ok(together)
    }

    /// Compiles them to one program.
    ///
    /// # Errors
    /// As [`program::compile`], and `bundle_refused` where a package lies outside of the roots of its bundle.
    pub fn compile(self, capabilities: &Capabilities) -> Result<Compilation, Error> {
        let rules: Vec<DialectRule> =
            self.of_modules.iter().map(|(dialect, _)| dialect.map_or(DialectRule::V1, DialectRule::Fixed)).collect();
        let paths: Vec<String> = self.modules.iter().map(|module| module.path.clone()).collect();
        let compilation = program::compile_each(self.modules, Some(self.data.as_bytes()), &rules, capabilities)?;
        for ((outline, path), (_, bundle)) in compilation.outlines.iter().zip(&paths).zip(&self.of_modules) {
            if let (Some(outline), Some(manifest)) = (outline, self.manifests.get(*bundle)) {
                manifest.check_package(path, &outline.package)?;
            }
        }
        Ok(compilation)
    }
}

/// The path of a file in the archive: without what leads out of it.
fn path_of(bytes: &[u8]) -> Result<String, Error> {
    let path = std::str::from_utf8(bytes).map_err(|_| refused("the name of a file in the bundle is not UTF-8"))?;
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    if steps.contains(&"..") {
        return Err(refused(format!("{path}: the name of a file leads out of the bundle")));
    }
    if steps.len() as u64 > limits::DATA_NESTING {
        return Err(document::too_deep());
    }
    Ok(steps.join("/"))
}

/// Whether a path is a root or lies below it.
fn is_within(path: &str, root: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn check_roots(roots: &[&str]) -> Result<(), Error> {
    for (at, root) in roots.iter().enumerate() {
        for other in roots.iter().skip(at + 1) {
            if is_within(other, root) || is_within(root, other) {
                return Err(refused(format!("the roots '{root}' and '{other}' overlap"))
                    .with_help("every path below `data` belongs to one root of one bundle"));
            }
        }
    }
    Ok(())
}

/// Puts a value into an object at a path, beside what stands there.
fn put(object: &mut Map<String, Value>, path: &[&str], value: Value) -> Result<(), &'static str> {
    let Some((last, above)) = path.split_last() else {
        return match value {
            Value::Object(value) => merge(object, value).map_err(|_| TWICE),
            _ => Err("the data of a whole bundle is an object"),
        };
    };
    let mut at = object;
    for step in above {
        at = match at.entry((*step).to_owned()).or_insert_with(|| Map::new().into()) {
            Value::Object(below) => below,
            _ => return Err("another file has put a value that is no object on the way to it"),
        };
    }
    match (at.get_mut(*last), value) {
        (Some(Value::Object(known)), Value::Object(value)) => merge(known, value).map_err(|_| TWICE)?,
        (Some(_), _) => return Err(TWICE),
        (None, value) => {
            at.insert((*last).to_owned(), value);
        }
    }
    Ok(())
}

/// What is wrong with data that two files say.
const TWICE: &str = "another file has put a value there";

/// All of both objects; the key under which both have something, and one of them no object, is an error.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) -> Result<(), String> {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(known)), Value::Object(value)) => merge(known, value)?,
            (Some(_), _) => return Err(key),
            (None, value) => {
                into.insert(key, value);
            }
        }
    }
    Ok(())
}

/// Whether a path fits a pattern, in which `*` stands for anything within a step.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(pattern, step)| matches_step(pattern, step))
}

fn matches_step(pattern: &str, step: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == step };
    let Some(mut left) = step.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some((_, behind)) = left.split_once(part) else { return false };
        left = behind;
    }
    left.ends_with(last)
}
