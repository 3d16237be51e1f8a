//! Documents from values, as OPA reads them: by way of JSON, into its types. What a document has beside its fields is passed over.

use super::super::operands::type_name;
use super::super::{Context, Failure, take_steps};
use super::shapes::{Port, Shape};
use super::tree::{Comments, Field, Inline, Kind, NodeId, Selection, Spread, Text};
use crate::limits;
use crate::rego::value::{Kind as ValueKind, Slice, Stores, Value};
use crate::rego::vm::machine::Stop;
use std::borrow::Cow;
use std::rc::Rc;

/// Parts inside one another: a bracket of a text is two of them, in a value.
const LEVELS: u64 = 2 * limits::GRAPHQL_NESTING + 8;

/// Reads a document.
///
/// # Errors
/// It is none, or a limit was reached.
pub fn read<T: Shape<'static>>(context: &mut Context<'_>, pairs: Slice) -> Result<T, Failure> {
    let mut reader =
        Reader { stores: context.stores, steps: context.steps, part: pairs, is_exact: false, levels: 0, ids: 0 };
    reader.object(pairs)
}

struct Reader<'c> {
    stores: &'c Stores,
    steps: &'c mut u64,
    /// The pairs of the part that is read.
    part: Slice,
    is_exact: bool,
    levels: u64,
    ids: NodeId,
}

impl Reader<'_> {
    fn object<T: Shape<'static>>(&mut self, pairs: Slice) -> Result<T, Failure> {
        // INVARIANT (depth): what lies inside of something comes through here.
        if self.levels >= LEVELS {
            return Err(Failure::Stop(Stop::Limit("graphql_nesting")));
        }
        // Each of its fields is looked for among all pairs.
        take_steps(self.steps, 4 + u64::from(pairs.len))?;
        let around = std::mem::replace(&mut self.part, pairs);
        let was_exact = std::mem::replace(&mut self.is_exact, T::IS_EXACT);
        self.levels += 1;
        let mut part = T::default();
        let read = part.fields(self);
        self.levels -= 1;
        self.part = around;
        self.is_exact = was_exact;
        read.map(|()| part)
    }

    /// What stands under a name, where that is not null. Of several spellings, the last in the order of keys counts.
    fn get(&self, name: &str) -> Option<Value> {
        let is_it = |key: &str| if self.is_exact { key == name } else { key.eq_ignore_ascii_case(name) };
        let pairs = self.stores.pairs(self.part).iter().rev();
        let mut found =
            pairs.filter(|[key, value]| *value != Value::NULL && self.stores.as_str(*key).is_some_and(is_it));
        found.next().map(|[_, value]| *value)
    }

    fn string(&mut self, name: &str, value: Value) -> Result<Text<'static>, Failure> {
        match value.kind() {
            ValueKind::String(text) => {
                take_steps(self.steps, u64::from(text.len) / 32)?;
                Ok(Cow::Owned(self.stores.text(text).to_owned()))
            }
            ValueKind::Null => Ok(Cow::Borrowed("")),
            _ => Err(unfit(name, value)),
        }
    }

    /// The items under a name. A set is an array in JSON.
    fn items(&mut self, name: &str) -> Result<Vec<Value>, Failure> {
        match self.get(name).map(|value| (value, value.kind())) {
            None => Ok(Vec::new()),
            Some((_, ValueKind::Array(items) | ValueKind::Set(items))) => {
                take_steps(self.steps, u64::from(items.len))?;
                Ok(self.stores.items(items).to_vec())
            }
            Some((value, _)) => Err(unfit(name, value)),
        }
    }

    fn item<T: Shape<'static>>(&mut self, name: &str, value: Value) -> Result<T, Failure> {
        match value.kind() {
            ValueKind::Object(pairs) => self.object(pairs),
            _ => Err(unfit(name, value)),
        }
    }

    /// OPA takes for a field whatever can be one, so that spreads and inline fragments are fields where they come as objects.
    fn selection(&mut self, value: Value) -> Result<Option<Selection<'static>>, Failure> {
        if value == Value::NULL {
            let mut field = Field::default();
            self.number(&mut field.id);
            return Ok(Some(Selection::Field(Box::new(field))));
        }
        let field = unless_wrong(self.item::<Field<'static>>("SelectionSet", value))?;
        if let Some(field) = field {
            return Ok(Some(Selection::Field(Box::new(field))));
        }
        let spread = unless_wrong(self.item::<Spread<'static>>("SelectionSet", value))?;
        if let Some(spread) = spread {
            return Ok(Some(Selection::Spread(Box::new(spread))));
        }
        let inline = unless_wrong(self.item::<Inline<'static>>("SelectionSet", value))?;
        Ok(inline.map(|inline| Selection::Inline(Box::new(inline))))
    }
}

/// Nothing where something cannot be read.
fn unless_wrong<T>(read: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match read {
        Ok(part) => Ok(Some(part)),
        Err(Failure::Wrong { .. }) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Comments, as a value has them.
#[derive(Default)]
struct Group {
    list: Vec<Comment>,
}

impl Shape<'static> for Group {
    fn fields(&mut self, port: &mut impl Port<'static>) -> Result<(), Failure> {
        port.list("List", &mut self.list)
    }
}

#[derive(Default)]
struct Comment {
    text: Text<'static>,
}

impl Shape<'static> for Comment {
    fn fields(&mut self, port: &mut impl Port<'static>) -> Result<(), Failure> {
        port.text("Value", &mut self.text)
    }
}

fn unfit(name: &str, value: Value) -> Failure {
    Failure::of_builtin(format!("json: cannot unmarshal {} into {name} of a GraphQL document", type_name(value)))
}

impl Port<'static> for Reader<'_> {
    fn text(&mut self, name: &'static str, text: &mut Text<'static>) -> Result<(), Failure> {
        if let Some(value) = self.get(name) {
            *text = self.string(name, value)?;
        }
        Ok(())
    }

    fn flag(&mut self, name: &'static str, flag: &mut bool) -> Result<(), Failure> {
        match self.get(name).map(|value| (value, value.kind())) {
            None => Ok(()),
            Some((_, ValueKind::Boolean(value))) => {
                *flag = value;
                Ok(())
            }
            Some((value, _)) => Err(unfit(name, value)),
        }
    }

    fn kind(&mut self, name: &'static str, kind: &mut Kind) -> Result<(), Failure> {
        let Some(value) = self.get(name) else { return Ok(()) };
        let number = match value.kind() {
            ValueKind::Integer(number) => usize::try_from(number).ok(),
            _ => None,
        };
        // Of a kind that is none nothing could be said.
        *kind = number.and_then(|number| Kind::ALL.get(number).copied()).ok_or_else(|| unfit(name, value))?;
        Ok(())
    }

    fn texts(&mut self, name: &'static str, texts: &mut Vec<Text<'static>>) -> Result<(), Failure> {
        *texts = self.items(name)?.into_iter().map(|item| self.string(name, item)).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn comments(&mut self, name: &'static str, comments: &mut Comments<'static>) -> Result<(), Failure> {
        // What is read by exact names has lost its comments in OPA.
        if self.is_exact {
            return Ok(());
        }
        let mut group: Option<Group> = None;
        self.part(name, &mut group)?;
        *comments = group.map(|group| Rc::new(group.list.into_iter().map(|comment| comment.text).collect()));
        Ok(())
    }

    fn part<T: Shape<'static>>(&mut self, name: &'static str, part: &mut Option<T>) -> Result<(), Failure> {
        if let Some(value) = self.get(name) {
            *part = Some(self.item(name, value)?);
        }
        Ok(())
    }

    fn list<T: Shape<'static>>(&mut self, name: &'static str, list: &mut Vec<T>) -> Result<(), Failure> {
        *list = self.items(name)?.into_iter().map(|item| self.item(name, item)).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn selections(&mut self, name: &'static str, selections: &mut Vec<Selection<'static>>) -> Result<(), Failure> {
        for item in self.items(name)? {
            selections.extend(self.selection(item)?);
        }
        Ok(())
    }

    fn number(&mut self, id: &mut NodeId) {
        self.ids += 1;
        *id = self.ids;
    }
}
