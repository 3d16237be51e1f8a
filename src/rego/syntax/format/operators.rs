//! Operators: what a call of a builtin is as an operator, and where round brackets are needed.

use super::super::tree::{Call, Infix, Operator, Term, TermKind};

/// Where a term stands, as far as brackets are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Where any operator may stand but `key, value in collection`.
    Free,
    /// Before `in`: other operators stand in brackets.
    BeforeIn,
    /// Where `in` stands in brackets, and other operators need none.
    Collection,
    /// Where all operators stand in brackets.
    Operand,
}

/// Two terms with an operator between them.
pub(super) struct Operation<'t, 's> {
    pub(super) symbol: &'static str,
    pub(super) left: &'t Term<'s>,
    pub(super) right: &'t Term<'s>,
    strength: u8,
}

/// An operation as a statement, and what its result must be: `plus(1, 2, x)` is `x = 1 + 2`.
pub(super) struct Equation<'t, 's> {
    pub(super) operation: Operation<'t, 's>,
    pub(super) result: Option<&'t Term<'s>>,
}

impl Operation<'_, '_> {
    /// As a statement, OPA writes the operands of an operation without brackets; here they are kept where the statement
    /// would mean something else without them.
    pub(super) fn place_of_left(&self) -> Place {
        let is_weaker = strength(self.left).is_some_and(|strength| strength < self.strength);
        if is_weaker { Place::Operand } else { Place::Collection }
    }

    pub(super) fn place_of_right(&self) -> Place {
        let is_weaker = strength(self.right).is_some_and(|strength| strength <= self.strength);
        if is_weaker { Place::Operand } else { Place::Collection }
    }
}

/// How strongly the operator of a term binds.
fn strength(term: &Term<'_>) -> Option<u8> {
    operation(term).map(|operation| operation.strength)
}

/// The operation that a term is, also where it is written as the call of a builtin.
pub(super) fn operation<'t, 's>(term: &'t Term<'s>) -> Option<Operation<'t, 's>> {
    match &term.kind {
        TermKind::Infix(infix) => Some(of_infix(infix)),
        TermKind::Call(call) => {
            let operator = of_builtin(name(call)?)?;
            let [left, right] = call.args.as_slice() else { return None };
            Some(of(operator, left, right))
        }
        _ => None,
    }
}

/// Whether a term is an operation with this operator.
pub(super) fn is(term: &Term<'_>, operator: Operator) -> bool {
    operation(term).is_some_and(|operation| operation.symbol == operator.symbol())
}

/// The operation that a term is as a statement.
pub(super) fn equation<'t, 's>(term: &'t Term<'s>) -> Option<Equation<'t, 's>> {
    if let Some(operation) = operation(term) {
        return Some(Equation { operation, result: None });
    }
    let TermKind::Call(call) = &term.kind else { return None };
    match (name(call)?, call.args.as_slice()) {
        ("eq", [left, right]) => {
            Some(Equation { operation: Operation { symbol: "=", left, right, strength: 0 }, result: None })
        }
        ("assign", [left, right]) => {
            Some(Equation { operation: Operation { symbol: ":=", left, right, strength: 0 }, result: None })
        }
        (name, [left, right, result]) => {
            Some(Equation { operation: of(of_builtin(name)?, left, right), result: Some(result) })
        }
        _ => None,
    }
}

/// The name that a term begins with.
pub(super) fn first_name<'s>(term: &Term<'s>) -> Option<&'s str> {
    match &term.kind {
        TermKind::Var(name) => Some(name),
        TermKind::Ref(reference) => first_name(&reference.head),
        TermKind::Call(_) | TermKind::Infix(_) => match (operation(term), &term.kind) {
            (Some(operation), _) => first_name(operation.left),
            (None, TermKind::Call(call)) => first_name(&call.function),
            _ => None,
        },
        _ => None,
    }
}

fn name<'s>(call: &Call<'s>) -> Option<&'s str> {
    call.function.as_var()
}

fn of_infix<'t, 's>(infix: &'t Infix<'s>) -> Operation<'t, 's> {
    of(infix.operator, &infix.left, &infix.right)
}

fn of<'t, 's>(operator: Operator, left: &'t Term<'s>, right: &'t Term<'s>) -> Operation<'t, 's> {
    let strength = match operator {
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual => 1,
        Operator::Or => 2,
        Operator::And => 3,
        Operator::Plus | Operator::Minus => 4,
        Operator::Times | Operator::Divide | Operator::Remainder => 5,
    };
    Operation { symbol: operator.symbol(), left, right, strength }
}

/// The operator that calls a builtin.
fn of_builtin(name: &str) -> Option<Operator> {
    const ALL: [Operator; 13] = [
        Operator::Plus,
        Operator::Minus,
        Operator::Times,
        Operator::Divide,
        Operator::Remainder,
        Operator::And,
        Operator::Or,
        Operator::Equal,
        Operator::NotEqual,
        Operator::Less,
        Operator::LessOrEqual,
        Operator::Greater,
        Operator::GreaterOrEqual,
    ];
    ALL.into_iter().find(|operator| operator.builtin() == name)
}
