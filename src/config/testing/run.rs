//! Running the tests of a folder, one after the other (sections 5.2 and 5.6). What a test needs of its host, a compiled configuration, it
//! asks for and goes on with the answer.

use super::file::{self, Test};
use super::merge::{merged, merged_objects};
use super::text_diff::unified;
use crate::config::decision::{Decided, Decision, Question};
use crate::config::input::given::not_finite;
use crate::config::input::reader::not_finite_in;
use crate::config::input::{self, Read, Rules, with_compiled};
use crate::config::{ConfigPolicies, yaml_text};
use crate::error::Error;
use crate::rego::testing::Selection;
use crate::rego::value::quotes::quoted;
use crate::rego::{Allowance, Document, Module, document};
use crate::sorted::{self, InOrder};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// How one test ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigTestEnd", optional_fields))]
pub struct TestResult {
    /// Its name with those of the tests around it: `test_a/case`; of a rule, `data.org.test_x`.
    pub name: String,
    /// Whether it passed.
    pub passed: bool,
    /// Why it did not, where that is known: for a decision that is another one, what differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it went through, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<TestContext>,
}

/// What a test went through.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigTestContext"))]
pub struct TestContext {
    /// `input`, `decision` and `evaluation`, which is all of `data`; where the input was not compiled, `input` and
    /// `pipeline-parameters`.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub value: Value,
    /// The same in YAML.
    pub yaml: String,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// A test has ended.
    Ended(TestResult),
    /// The host is to compile a configuration, and to go on with what came of it.
    Compile(ToCompile),
}

/// A configuration that the host is to compile.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigToCompile"))]
pub struct ToCompile {
    /// The configuration in YAML.
    pub config: String,
    /// The whole of `pipeline_parameters`; its member `parameters` holds those of the pipeline.
    #[cfg_attr(test, ts(type = "Record<string, unknown> | null"))]
    pub pipeline_parameters: Option<Map<String, Value>>,
}

/// What a host compiled, or why it did not.
pub type Compiled = Result<String, String>;

/// How tests are run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which are run.
    pub selection: Selection,
    /// Whether the host can compile configurations.
    pub has_compiler: bool,
    /// Whether each tells what it went through.
    pub debug: bool,
}

/// The tests of a folder that have not been run.
pub struct TestRun {
    options: Options,
    /// The next one last.
    left: Vec<(Test, Rc<Outer>)>,
    /// The one whose input is being compiled.
    compiling: Option<(Vec<Test>, Outer)>,
}

/// What a test is about, with what it has inherited. A value that a case says nothing of is shared with the test around it.
#[derive(Debug, Clone, Default)]
struct Outer {
    name: String,
    input: Option<Rc<Value>>,
    meta: Option<Rc<Value>>,
    decision: Option<Rc<Value>>,
    compile: bool,
    pipeline_parameters: Option<Rc<Map<String, Value>>>,
    /// Bytes of the values that this test and those around it have made of their own.
    held: usize,
    /// Whether they are more than there is room for.
    is_too_large: bool,
}

/// Bytes of all values that tests inside of one another may have made of their own, together.
const MOST_HELD: usize = 64 * 1024 * 1024;

impl Outer {
    /// What a test inside of this one is about.
    fn of(&self, test: &Test) -> Self {
        let name = self.name_of(test);
        let mut inner = Self { name, compile: test.compile.unwrap_or(self.compile), ..self.clone() };
        inner.pipeline_parameters = match (&self.pipeline_parameters, &test.pipeline_parameters) {
            (outer, None) => outer.clone(),
            (outer, Some(own)) => {
                let nothing = Map::new();
                Some(Rc::new(merged_objects(outer.as_deref().unwrap_or(&nothing), own)))
            }
        };
        // INVARIANT (room): what is merged is counted before it is, so that cases inside of one another cannot take all memory.
        let of = |outer: &Option<Rc<Value>>, own: &Option<Value>, held: &mut usize, full: &mut bool| {
            let Some(own) = own else { return outer.clone() };
            *held += outer.as_deref().map_or(0, size_of) + size_of(own);
            *full |= *held > MOST_HELD;
            match outer {
                _ if *full => None,
                None => Some(Rc::new(own.clone())),
                Some(outer) => Some(Rc::new(merged(outer, own))),
            }
        };
        let (mut held, mut full) = (self.held, self.is_too_large);
        inner.input = of(&self.input, &test.input, &mut held, &mut full);
        inner.meta = of(&self.meta, &test.meta, &mut held, &mut full);
        inner.decision = of(&self.decision, &test.decision, &mut held, &mut full);
        (inner.held, inner.is_too_large) = (held, full);
        inner
    }

    fn name_of(&self, test: &Test) -> String {
        if self.name.is_empty() { test.name.clone() } else { format!("{}/{}", self.name, test.name) }
    }
}

/// About how many bytes a value takes.
fn size_of(value: &Value) -> usize {
    const EACH: usize = 32;
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Number(number) => number.as_str().len(),
        Value::Array(items) => items.iter().map(size_of).sum(),
        Value::Object(fields) => fields.iter().map(|(key, value)| key.len() + size_of(value)).sum(),
        Value::Null | Value::Bool(_) => 0,
    }
}

impl TestRun {
    /// The tests of files, which are read in the order of their names.
    ///
    /// # Errors
    /// Why none is run: the words for a file that is not read, or for two tests of one name.
    pub fn of(mut files: Vec<Module>, options: Options) -> Result<Self, String> {
        files.order_by(|one, other| one.path.cmp(&other.path));
        let mut tests: Vec<Test> = Vec::new();
        let mut names = sorted::Set::new();
        for file in &files {
            for test in file::read(&file.source).map_err(|why| why.message)? {
                if !names.insert(test.name.clone()) {
                    return Err(format!("test name conflict: {}", quoted(&test.name, false)));
                }
                tests.push(test);
            }
        }
        tests.order_by(|one, other| other.name.cmp(&one.name));
        let root = Rc::new(Outer::default());
        let left = tests.into_iter().map(|test| (test, Rc::clone(&root))).collect();
        Ok(Self { options, left, compiling: None })
    }

    /// Whether there is no test.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Goes on to the end of the next test that is run; nothing behind the last one. `compiled` is what the host made of what it was
    /// asked to compile.
    ///
    /// # Errors
    /// None that ends a run: what fails is in the result of its test.
    pub fn next(
        &mut self,
        policies: &mut ConfigPolicies,
        compiled: Option<Compiled>,
        allowance: Allowance,
    ) -> Option<Turn> {
        if let Some((cases, about)) = self.compiling.take() {
            let compiled = compiled.unwrap_or_else(|| Err("nothing was compiled".to_owned()));
            return Some(self.go_on(policies, cases, about, compiled, allowance));
        }
        while let Some((test, outer)) = self.left.pop() {
            let has_decision = test.decision.is_some() || outer.decision.is_some() || outer.is_too_large;
            let is_run = has_decision && self.options.selection.is_selected(&outer.name_of(&test));
            // What nobody looks at is not merged.
            if !is_run && test.cases.is_empty() {
                continue;
            }
            let about = outer.of(&test);
            if !is_run {
                self.inside(test.cases, about);
                continue;
            }
            if about.is_too_large {
                let why = format!("the values of the tests around one another have more than {MOST_HELD} bytes");
                let result = failed(&about.name, why, None);
                self.inside(test.cases, about);
                return Some(Turn::Ended(result));
            }
            if !about.compile && about.pipeline_parameters.is_none() {
                let result = self.decide(policies, &about, allowance);
                self.inside(test.cases, about);
                return Some(Turn::Ended(result));
            }
            if !self.options.has_compiler {
                let why = "test set compile to true but no compiler was provided".to_owned();
                let result = failed(&about.name, why, None);
                self.inside(test.cases, about);
                return Some(Turn::Ended(result));
            }
            let config = about.input.as_deref().map_or_else(|| "{}\n".to_owned(), yaml_text::of);
            let pipeline_parameters = about.pipeline_parameters.as_deref().cloned();
            let to_compile = ToCompile { config, pipeline_parameters };
            self.compiling = Some((test.cases, about));
            return Some(Turn::Compile(to_compile));
        }
        None
    }

    /// Goes on with a test whose input was compiled.
    fn go_on(
        &mut self,
        policies: &mut ConfigPolicies,
        cases: Vec<Test>,
        mut about: Outer,
        compiled: Compiled,
        allowance: Allowance,
    ) -> Turn {
        let with = compiled.and_then(|text| match input::read(&text, Rules::Configuration) {
            Ok(Read::Value(value)) => {
                let input = about.input.as_deref().cloned().unwrap_or_default();
                with_compiled(input, value).map_err(|error| error.message)
            }
            Ok(Read::NotFinite(name)) => Err(format!("json: unsupported value: {name}")),
            Err(why) => Err(why.message),
        });
        let result = match with {
            Ok(input) => {
                about.input = Some(Rc::new(input));
                self.decide(policies, &about, allowance)
            }
            Err(why) => {
                let parameters = about.pipeline_parameters.as_deref();
                let context = self.context(|| json!({ "input": shown(&about), "pipeline-parameters": parameters }));
                failed(&about.name, format!("failed to compile test input: {why}"), context)
            }
        };
        self.inside(cases, about);
        Turn::Ended(result)
    }

    /// Puts the cases of a test before all others.
    fn inside(&mut self, cases: Vec<Test>, outer: Outer) {
        let outer = Rc::new(outer);
        self.left.extend(cases.into_iter().rev().map(|case| (case, Rc::clone(&outer))));
    }

    fn context(&self, value: impl FnOnce() -> Value) -> Option<TestContext> {
        self.options.debug.then(|| {
            let value = value();
            TestContext { yaml: yaml_text::of(&value), value }
        })
    }

    /// Decides on the input of a test, and compares.
    fn decide(&self, policies: &mut ConfigPolicies, about: &Outer, allowance: Allowance) -> TestResult {
        let decided = match decided(policies, about, allowance) {
            Ok(decided) => decided,
            // A failed call is no decision, and no end of the run.
            Err(error) => {
                return failed(&about.name, error.message, self.context(|| json!({ "input": shown(about) })));
            }
        };
        let actual = serde_json::to_value(&decided.decision).unwrap_or_default();
        let expected = about.decision.as_deref().unwrap_or(&Value::Null);
        let differs = unified(&yaml_text::of(expected), &yaml_text::of(&actual));
        let context = self.context(|| {
            let evaluation = evaluation(policies, about, allowance).unwrap_or_default();
            json!({ "input": shown(about), "decision": actual, "evaluation": evaluation })
        });
        TestResult {
            name: about.name.clone(),
            passed: differs.is_empty(),
            error: Some(differs).filter(|differs| !differs.is_empty()),
            context,
        }
    }
}

/// The input of a test, where it can be shown.
fn shown(about: &Outer) -> Option<&Value> {
    about.input.as_deref().filter(|input| not_finite_in(input).is_none())
}

fn failed(name: &str, why: String, context: Option<TestContext>) -> TestResult {
    TestResult { name: name.to_owned(), passed: false, error: Some(why), context }
}

fn decided(policies: &mut ConfigPolicies, about: &Outer, allowance: Allowance) -> Result<Decided, Error> {
    if let Some(name) = about.input.as_deref().and_then(not_finite_in) {
        return Ok(Decided::without_evaluation(Decision::error(not_finite(name))));
    }
    let input = document_of(about.input.as_deref())?;
    policies.decide(Question { input: Some(&input), meta: &meta_of(about) }, allowance)
}

/// All of `data`, for whoever looks for a mistake.
fn evaluation(policies: &mut ConfigPolicies, about: &Outer, allowance: Allowance) -> Result<Value, Error> {
    let input = document_of(about.input.as_deref())?;
    policies.query("data", Question { input: Some(&input), meta: &meta_of(about) }, allowance)
}

fn meta_of(about: &Outer) -> String {
    about.meta.as_deref().map_or_else(|| "null".to_owned(), Value::to_string)
}

fn document_of(value: Option<&Value>) -> Result<Document, Error> {
    let text = value.map_or_else(|| "null".to_owned(), Value::to_string);
    document::check_size(text.len())?;
    Document::read(text.as_bytes())
}
