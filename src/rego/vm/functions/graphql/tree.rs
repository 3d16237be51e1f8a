//! Documents of GraphQL: queries and schemas, as they are written. Names of fields are in `shapes.rs`.

use std::borrow::Cow;
use std::rc::Rc;

/// A text of a document, or one that was made of it.
pub type Text<'s> = Cow<'s, str>;

/// The comments that stand before something, each from its `#` on. Several nodes may share them.
pub type Comments<'s> = Option<Rc<Vec<Text<'s>>>>;

/// Where something stands, as errors say it. A document that was given as an object has no places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters. It is below 1 where a block string over several lines stands before.
    pub column: i64,
    /// Whether it is a place in the text of what every schema has.
    pub is_in_prelude: bool,
}

/// A number that tells nodes of one document apart, so that what is found out of them can stand beside them.
pub type NodeId = u32;

/// A document of operations.
#[derive(Debug, Default)]
pub struct QueryDocument<'s> {
    pub operations: Vec<Operation<'s>>,
    pub fragments: Vec<Fragment<'s>>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct Operation<'s> {
    /// `query`, `mutation` or `subscription`.
    pub operation: Text<'s>,
    /// Empty where it has none.
    pub name: Text<'s>,
    pub variables: Vec<Variable<'s>>,
    pub directives: Vec<Directive<'s>>,
    pub selections: Vec<Selection<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct Variable<'s> {
    pub name: Text<'s>,
    pub of_type: Option<Type<'s>>,
    pub default: Option<Value<'s>>,
    pub directives: Vec<Directive<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
    /// What a document says that was given as an object.
    pub is_used: bool,
}

#[derive(Debug, Default)]
pub struct Fragment<'s> {
    pub name: Text<'s>,
    pub variables: Vec<Variable<'s>>,
    pub on: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub selections: Vec<Selection<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug)]
pub enum Selection<'s> {
    Field(Box<Field<'s>>),
    Spread(Box<Spread<'s>>),
    Inline(Box<Inline<'s>>),
}

#[derive(Debug, Default)]
pub struct Field<'s> {
    pub id: NodeId,
    /// The name where no alias is written.
    pub alias: Text<'s>,
    pub name: Text<'s>,
    pub arguments: Vec<Argument<'s>>,
    pub directives: Vec<Directive<'s>>,
    pub selections: Vec<Selection<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

impl Field<'_> {
    /// Under which name its value stands in the answer.
    pub fn response_name(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

#[derive(Debug, Default)]
pub struct Spread<'s> {
    pub id: NodeId,
    pub name: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct Inline<'s> {
    /// Empty where it has none.
    pub on: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub selections: Vec<Selection<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct Argument<'s> {
    pub name: Text<'s>,
    pub value: Option<Value<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default, Clone)]
pub struct Directive<'s> {
    pub name: Text<'s>,
    pub arguments: Rc<Vec<Argument<'s>>>,
    pub at: Option<Place>,
    /// What a document says that was given as an object.
    pub location: Text<'s>,
}

/// What a value is. The numbers are those that documents carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Variable = 0,
    Integer = 1,
    Float = 2,
    String = 3,
    Block = 4,
    Boolean = 5,
    Null = 6,
    Enum = 7,
    List = 8,
    Object = 9,
}

impl Kind {
    /// All, each at its number.
    pub const ALL: [Self; 10] = [
        Self::Variable,
        Self::Integer,
        Self::Float,
        Self::String,
        Self::Block,
        Self::Boolean,
        Self::Null,
        Self::Enum,
        Self::List,
        Self::Object,
    ];
}

#[derive(Debug, Default)]
pub struct Value<'s> {
    pub id: NodeId,
    pub kind: Kind,
    /// The characters of a scalar, the name of a variable.
    pub raw: Text<'s>,
    pub children: Vec<Child<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
    /// What a document says that was given as an object.
    pub expects_default: bool,
}

/// An item of a list, or a field of an object.
#[derive(Debug, Default)]
pub struct Child<'s> {
    /// Empty in a list.
    pub name: Text<'s>,
    pub value: Option<Value<'s>>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default, Clone)]
pub struct Type<'s> {
    /// Empty where it is a list.
    pub name: Text<'s>,
    pub item: Option<Box<Type<'s>>>,
    pub is_required: bool,
    pub at: Option<Place>,
}

impl Type<'_> {
    /// The name of the type, or of what the innermost list has for items.
    pub fn inner(&self) -> &str {
        let mut of_type = self;
        while let (true, Some(item)) = (of_type.name.is_empty(), &of_type.item) {
            of_type = item;
        }
        &of_type.name
    }
}

impl std::fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.item {
            Some(item) if self.name.is_empty() => write!(f, "[{item}]")?,
            _ => f.write_str(&self.name)?,
        }
        if self.is_required { f.write_str("!") } else { Ok(()) }
    }
}

/// A document of definitions.
#[derive(Debug, Default)]
pub struct SchemaDocument<'s> {
    pub schemas: Vec<SchemaDefinition<'s>>,
    pub schema_extensions: Vec<SchemaDefinition<'s>>,
    pub directives: Vec<DirectiveDefinition<'s>>,
    pub definitions: Vec<Definition<'s>>,
    pub extensions: Vec<Definition<'s>>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct SchemaDefinition<'s> {
    pub description: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub operations: Vec<RootType<'s>>,
    pub at: Option<Place>,
    pub comments: AroundComments<'s>,
    pub end_comment: Comments<'s>,
}

/// The comments before a description, and those between it and what it describes.
#[derive(Debug, Default, Clone)]
pub struct AroundComments<'s> {
    pub before_description: Comments<'s>,
    pub after_description: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct RootType<'s> {
    pub operation: Text<'s>,
    pub name: Text<'s>,
    pub at: Option<Place>,
    pub comment: Comments<'s>,
}

#[derive(Debug, Default)]
pub struct DirectiveDefinition<'s> {
    pub description: Text<'s>,
    pub name: Text<'s>,
    pub arguments: Vec<ArgumentDefinition<'s>>,
    pub locations: Vec<Text<'s>>,
    pub is_repeatable: bool,
    pub at: Option<Place>,
    pub comments: AroundComments<'s>,
}

#[derive(Debug, Default)]
pub struct ArgumentDefinition<'s> {
    pub description: Text<'s>,
    pub name: Text<'s>,
    pub default: Option<Value<'s>>,
    pub of_type: Option<Type<'s>>,
    pub directives: Vec<Directive<'s>>,
    pub at: Option<Place>,
    pub comments: AroundComments<'s>,
}

/// A type, or an extension of one.
#[derive(Debug, Default)]
pub struct Definition<'s> {
    /// `SCALAR`, `OBJECT`, `INTERFACE`, `UNION`, `ENUM` or `INPUT_OBJECT`.
    pub kind: Text<'s>,
    pub description: Text<'s>,
    pub name: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub interfaces: Vec<Text<'s>>,
    pub fields: Vec<Rc<FieldDefinition<'s>>>,
    /// The members of a union.
    pub types: Vec<Text<'s>>,
    pub values: Vec<Rc<EnumValue<'s>>>,
    pub at: Option<Place>,
    pub is_builtin: bool,
    pub comments: AroundComments<'s>,
    pub end_comment: Comments<'s>,
}

impl<'s> Definition<'s> {
    /// Whether it has one of these names.
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_ref())
    }

    /// Whether it has one of these kinds.
    pub fn is_kind(&self, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind.as_ref())
    }

    /// Whether its values have fields that may be selected.
    pub fn is_composite(&self) -> bool {
        self.is_kind(&["OBJECT", "INTERFACE", "UNION"])
    }

    /// Whether its values have none.
    pub fn is_leaf(&self) -> bool {
        self.is_kind(&["SCALAR", "ENUM"])
    }

    /// Whether its values may be given as arguments.
    pub fn is_input(&self) -> bool {
        self.is_kind(&["SCALAR", "ENUM", "INPUT_OBJECT"])
    }

    /// The first field of a name.
    pub fn field(&self, name: &str) -> Option<&Rc<FieldDefinition<'s>>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[derive(Debug, Default)]
pub struct FieldDefinition<'s> {
    pub description: Text<'s>,
    pub name: Text<'s>,
    pub arguments: Vec<ArgumentDefinition<'s>>,
    /// Of a field of an input object.
    pub default: Option<Value<'s>>,
    pub of_type: Option<Type<'s>>,
    pub directives: Vec<Directive<'s>>,
    pub at: Option<Place>,
    pub comments: AroundComments<'s>,
}

#[derive(Debug, Default)]
pub struct EnumValue<'s> {
    pub description: Text<'s>,
    pub name: Text<'s>,
    pub directives: Vec<Directive<'s>>,
    pub comments: AroundComments<'s>,
}
