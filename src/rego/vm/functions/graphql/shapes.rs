//! The fields of the parts of a document, under the names that OPA gives them. One list serves both directions: a document is
//! written as a value through it, and read from one.

use super::super::Failure;
use super::tree::{
    Argument, ArgumentDefinition, AroundComments, Child, Comments, Definition, Directive, DirectiveDefinition,
    EnumValue, Field, FieldDefinition, Fragment, Inline, Kind, NodeId, Operation, QueryDocument, RootType,
    SchemaDefinition, SchemaDocument, Selection, Spread, Text, Type, Value, Variable,
};
use std::rc::Rc;

/// One direction: the fields of a part go through it, one by one.
pub trait Port<'s> {
    fn text(&mut self, name: &'static str, text: &mut Text<'s>) -> Result<(), Failure>;
    fn flag(&mut self, name: &'static str, flag: &mut bool) -> Result<(), Failure>;
    fn kind(&mut self, name: &'static str, kind: &mut Kind) -> Result<(), Failure>;
    fn texts(&mut self, name: &'static str, texts: &mut Vec<Text<'s>>) -> Result<(), Failure>;
    fn comments(&mut self, name: &'static str, comments: &mut Comments<'s>) -> Result<(), Failure>;
    fn part<T: Shape<'s>>(&mut self, name: &'static str, part: &mut Option<T>) -> Result<(), Failure>;
    fn list<T: Shape<'s>>(&mut self, name: &'static str, list: &mut Vec<T>) -> Result<(), Failure>;
    fn selections(&mut self, name: &'static str, selections: &mut Vec<Selection<'s>>) -> Result<(), Failure>;
    /// Gives a node its number, where it has none yet.
    fn number(&mut self, id: &mut NodeId);
}

/// A part with fields.
pub trait Shape<'s>: Default {
    /// Whether the names of its fields are read as they are, and not in whichever case they are written.
    const IS_EXACT: bool = false;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure>;
}

impl<'s, T: Shape<'s>> Shape<'s> for Box<T> {
    const IS_EXACT: bool = T::IS_EXACT;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        T::fields(self, port)
    }
}

/// What is shared has been written, or is not shared yet.
impl<'s, T: Shape<'s>> Shape<'s> for Rc<T> {
    const IS_EXACT: bool = T::IS_EXACT;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        Self::get_mut(self).map_or(Ok(()), |part| part.fields(port))
    }
}

impl<'s> Shape<'s> for QueryDocument<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.list("Operations", &mut self.operations)?;
        port.list("Fragments", &mut self.fragments)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Operation<'s> {
    const IS_EXACT: bool = true;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Operation", &mut self.operation)?;
        port.text("Name", &mut self.name)?;
        port.list("VariableDefinitions", &mut self.variables)?;
        port.list("Directives", &mut self.directives)?;
        port.selections("SelectionSet", &mut self.selections)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Variable<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Variable", &mut self.name)?;
        port.part("Type", &mut self.of_type)?;
        port.part("DefaultValue", &mut self.default)?;
        port.list("Directives", &mut self.directives)?;
        port.comments("Comment", &mut self.comment)?;
        port.flag("Used", &mut self.is_used)
    }
}

impl<'s> Shape<'s> for Fragment<'s> {
    const IS_EXACT: bool = true;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Name", &mut self.name)?;
        port.list("VariableDefinition", &mut self.variables)?;
        port.text("TypeCondition", &mut self.on)?;
        port.list("Directives", &mut self.directives)?;
        port.selections("SelectionSet", &mut self.selections)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Field<'s> {
    const IS_EXACT: bool = true;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.number(&mut self.id);
        port.text("Alias", &mut self.alias)?;
        port.text("Name", &mut self.name)?;
        port.list("Arguments", &mut self.arguments)?;
        port.list("Directives", &mut self.directives)?;
        port.selections("SelectionSet", &mut self.selections)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Spread<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.number(&mut self.id);
        port.text("Name", &mut self.name)?;
        port.list("Directives", &mut self.directives)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Inline<'s> {
    const IS_EXACT: bool = true;

    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("TypeCondition", &mut self.on)?;
        port.list("Directives", &mut self.directives)?;
        port.selections("SelectionSet", &mut self.selections)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Argument<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Name", &mut self.name)?;
        port.part("Value", &mut self.value)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Directive<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Name", &mut self.name)?;
        if let Some(arguments) = Rc::get_mut(&mut self.arguments) {
            port.list("Arguments", arguments)?;
        }
        port.text("Location", &mut self.location)
    }
}

impl<'s> Shape<'s> for Value<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.number(&mut self.id);
        port.text("Raw", &mut self.raw)?;
        port.list("Children", &mut self.children)?;
        port.kind("Kind", &mut self.kind)?;
        port.comments("Comment", &mut self.comment)?;
        port.flag("ExpectedTypeHasDefault", &mut self.expects_default)
    }
}

impl<'s> Shape<'s> for Child<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Name", &mut self.name)?;
        port.part("Value", &mut self.value)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for Type<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("NamedType", &mut self.name)?;
        port.part("Elem", &mut self.item)?;
        port.flag("NonNull", &mut self.is_required)
    }
}

impl<'s> Shape<'s> for SchemaDocument<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.list("Schema", &mut self.schemas)?;
        port.list("SchemaExtension", &mut self.schema_extensions)?;
        port.list("Directives", &mut self.directives)?;
        port.list("Definitions", &mut self.definitions)?;
        port.list("Extensions", &mut self.extensions)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for SchemaDefinition<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Description", &mut self.description)?;
        port.list("Directives", &mut self.directives)?;
        port.list("OperationTypes", &mut self.operations)?;
        self.comments.fields(port)?;
        port.comments("EndOfDefinitionComment", &mut self.end_comment)
    }
}

impl<'s> AroundComments<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.comments("BeforeDescriptionComment", &mut self.before_description)?;
        port.comments("AfterDescriptionComment", &mut self.after_description)
    }
}

impl<'s> Shape<'s> for RootType<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Operation", &mut self.operation)?;
        port.text("Type", &mut self.name)?;
        port.comments("Comment", &mut self.comment)
    }
}

impl<'s> Shape<'s> for DirectiveDefinition<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Description", &mut self.description)?;
        port.text("Name", &mut self.name)?;
        port.list("Arguments", &mut self.arguments)?;
        port.texts("Locations", &mut self.locations)?;
        port.flag("IsRepeatable", &mut self.is_repeatable)?;
        self.comments.fields(port)
    }
}

impl<'s> Shape<'s> for ArgumentDefinition<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Description", &mut self.description)?;
        port.text("Name", &mut self.name)?;
        port.part("DefaultValue", &mut self.default)?;
        port.part("Type", &mut self.of_type)?;
        port.list("Directives", &mut self.directives)?;
        self.comments.fields(port)
    }
}

impl<'s> Shape<'s> for Definition<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Kind", &mut self.kind)?;
        port.text("Description", &mut self.description)?;
        port.text("Name", &mut self.name)?;
        port.list("Directives", &mut self.directives)?;
        port.texts("Interfaces", &mut self.interfaces)?;
        port.list("Fields", &mut self.fields)?;
        port.texts("Types", &mut self.types)?;
        port.list("EnumValues", &mut self.values)?;
        port.flag("BuiltIn", &mut self.is_builtin)?;
        self.comments.fields(port)?;
        port.comments("EndOfDefinitionComment", &mut self.end_comment)
    }
}

impl<'s> Shape<'s> for FieldDefinition<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Description", &mut self.description)?;
        port.text("Name", &mut self.name)?;
        port.list("Arguments", &mut self.arguments)?;
        port.part("DefaultValue", &mut self.default)?;
        port.part("Type", &mut self.of_type)?;
        port.list("Directives", &mut self.directives)?;
        self.comments.fields(port)
    }
}

impl<'s> Shape<'s> for EnumValue<'s> {
    fn fields(&mut self, port: &mut impl Port<'s>) -> Result<(), Failure> {
        port.text("Description", &mut self.description)?;
        port.text("Name", &mut self.name)?;
        port.list("Directives", &mut self.directives)?;
        self.comments.fields(port)
    }
}
