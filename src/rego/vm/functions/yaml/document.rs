//! A whole document in YAML, as the builtin `yaml.unmarshal` reads it: data that comes in files means what it would mean in a policy.

use super::reader::Reader;
use super::{Context, Failure, refused, room_for_tree};
use crate::limits;
use crate::rego::syntax::yaml;
use crate::rego::value::{Cut, Form, Kind, Space, Stores, write};
use crate::rego::vm::machine::{Request, Stop};
use std::ops::Range;

/// Why a text is not read.
#[derive(Debug)]
pub enum NotRead {
    /// It is no YAML, or says what JSON cannot.
    Wrong {
        /// What is wrong, in the words of OPA's reader where it has some.
        why: String,
        /// The bytes of the text that are wrong.
        place: Range<usize>,
    },
    /// A limit was reached: its name and value.
    Limit(&'static str, u64),
}

/// The first document of a text in YAML, as JSON text.
///
/// # Errors
/// The text is no YAML, says what JSON cannot, or is too large.
pub fn json_text(text: &str) -> Result<String, NotRead> {
    let request = Request {
        steps: limits::YAML_STEPS,
        units: limits::MEMORY_UNITS,
        depth: 0,
        now_ns: None,
        seed: None,
        strict_builtin_errors: true,
    };
    let mut stores = Stores::default();
    stores.units = request.units;
    stores.most_work = request.steps;
    let (mut steps, mut prints) = (request.steps, Vec::new());
    let mut context = Context { stores: &mut stores, steps: &mut steps, request: &request, prints: &mut prints };
    let at_begin = |failure: Failure| not_read(failure, 0..0);
    let source = context.stores.make_string(Space::Heap, text).map_err(|_| limit("memory_units"))?;
    let Kind::String(slice) = source.kind() else { return Err(limit("memory_units")) };
    let most = room_for_tree(&mut context, slice).map_err(at_begin)?;
    let tree = yaml::read(text, most).map_err(|mistake| {
        let place = mistake.place.clone();
        match mistake.bound {
            Some(_) => not_read(refused(mistake), place),
            None => NotRead::Wrong { why: mistake.problem().to_owned(), place },
        }
    })?;
    let mut reader = Reader::new(&mut context, slice, &tree);
    let value = reader.read();
    let place = reader.place();
    let value = value.map_err(|failure| not_read(failure, place))?;
    let mut json = String::new();
    let longest = usize::try_from(limits::INPUT_BYTES).unwrap_or(usize::MAX);
    match write(&stores, value, Form::Json, &mut json, longest) {
        Ok(()) => Ok(json),
        Err(Cut::TooLong) => Err(limit("input_bytes")),
        Err(Cut::KeysTooDeep) => Err(limit("key_nesting")),
    }
}

fn not_read(failure: Failure, place: Range<usize>) -> NotRead {
    match failure {
        Failure::Wrong { message, .. } | Failure::Stop(Stop::Error { message, .. }) => {
            let why = ["yaml: ", "json: "].iter().find_map(|begin| message.strip_prefix(begin)).unwrap_or(&message);
            NotRead::Wrong { why: why.to_owned(), place }
        }
        Failure::Stop(Stop::Limit(name)) => limit(name),
        Failure::Stop(Stop::Needs) => NotRead::Wrong { why: "it cannot be read here".to_owned(), place },
    }
}

fn limit(name: &'static str) -> NotRead {
    let name = if name == "steps" { "yaml_steps" } else { name };
    NotRead::Limit(name, limits::in_force().get(name).copied().unwrap_or(0))
}
