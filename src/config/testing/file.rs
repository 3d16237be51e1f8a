//! A file of tests: from its text to tests with cases inside of one another (section 5.2).

use crate::config::input::reader::{Found, Reader, not_finite_in};
use crate::config::input::{MORE, NotYaml, Rules, tree_of};
use crate::sorted::InOrder;
use serde_json::{Map, Value};

/// A test or a case, as it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Test {
    /// Its own name.
    pub name: String,
    /// The input, where one is given that is not null.
    pub input: Option<Value>,
    /// The metadata.
    pub meta: Option<Value>,
    /// What is to be decided.
    pub decision: Option<Value>,
    /// Whether the input is compiled first.
    pub compile: Option<bool>,
    /// What the compiler is given; compiles the input by itself.
    pub pipeline_parameters: Option<Map<String, Value>>,
    /// Its cases, by name.
    pub cases: Vec<Test>,
}

/// The tests of a file, by name: those whose names begin with `test_`.
///
/// # Errors
/// Why the file is not read, in the words of the original where it has some; more than one document, of which it would pass over all
/// but the first.
pub fn read(text: &str) -> Result<Vec<Test>, NotYaml> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = tree_of(text)?;
    // The original reads the first document only, so that tests behind it would never run.
    if tree.has_more(text) {
        return Err(NotYaml {
            message: MORE.to_owned(),
            help: Some("put these tests into a file of their own".to_owned()),
            place: tree.end..tree.end,
            limit: None,
        });
    }
    let reader = Reader::new(text, &tree, Rules::Tests);
    let Some(root) = reader.root() else { return Ok(Vec::new()) };
    let mut tests = File { reader }.tests(root, "map[string]*tester.Test")?;
    tests.retain(|test| test.name.starts_with("test_"));
    Ok(tests)
}

struct File<'y> {
    reader: Reader<'y>,
}

impl File<'_> {
    /// The tests of an object from name to test.
    fn tests(&mut self, found: Found, kind: &str) -> Result<Vec<Test>, NotYaml> {
        if self.reader.is_null(found)? {
            return Ok(Vec::new());
        }
        let Some(fields) = self.reader.fields(found)? else { return Err(self.mismatch(found, kind)?) };
        let mut tests = Vec::new();
        for (name, found) in fields {
            tests.push(self.test(name, found)?);
        }
        tests.order_by(|one, other| one.name.cmp(&other.name));
        Ok(tests)
    }

    fn test(&mut self, name: String, found: Found) -> Result<Test, NotYaml> {
        if self.reader.is_null(found)? {
            let (_, line, place) = self.reader.told(found)?;
            return Err(NotYaml {
                message: format!("yaml: line {line}: the test \"{name}\" is empty"),
                help: Some("say what is decided on which input, or leave it out".to_owned()),
                place,
                limit: None,
            });
        }
        let Some(fields) = self.reader.fields(found)? else { return Err(self.mismatch(found, "tester.Test")?) };
        let mut test = Test { name, ..Test::default() };
        for (key, found) in fields {
            if self.reader.is_null(found)? {
                continue;
            }
            match key.as_str() {
                "input" => test.input = Some(self.reader.value(found)?),
                "meta" => test.meta = Some(self.finite(found)?),
                "decision" => test.decision = Some(self.finite(found)?),
                "compile" => match self.reader.value(found)? {
                    Value::Bool(flag) => test.compile = Some(flag),
                    _ => return Err(self.mismatch(found, "bool")?),
                },
                "pipeline_parameters" => match self.finite(found)? {
                    Value::Object(parameters) => test.pipeline_parameters = Some(parameters),
                    _ => return Err(self.mismatch(found, "map[string]interface {}")?),
                },
                "cases" => test.cases = self.tests(found, "map[string]*tester.Test")?,
                // Whatever else stands there is a place for what aliases stand for.
                _ => {}
            }
        }
        Ok(test)
    }

    /// A value in which every number is one: only an evaluation on an input can say that one is none.
    fn finite(&mut self, found: Found) -> Result<Value, NotYaml> {
        let value = self.reader.value(found)?;
        let Some(name) = not_finite_in(&value) else { return Ok(value) };
        let (_, line, place) = self.reader.told(found)?;
        Err(NotYaml {
            message: format!("yaml: line {line}: json: unsupported value: {name}"),
            help: Some("write a number, or a text in quotes".to_owned()),
            place,
            limit: None,
        })
    }

    fn mismatch(&mut self, found: Found, kind: &str) -> Result<NotYaml, NotYaml> {
        let (told, line, place) = self.reader.told(found)?;
        Ok(NotYaml {
            message: format!("yaml: unmarshal errors:\n  line {line}: cannot unmarshal {told} into {kind}"),
            help: Some("a test is an object with `input`, `meta`, `decision` and `cases`".to_owned()),
            place,
            limit: None,
        })
    }
}
