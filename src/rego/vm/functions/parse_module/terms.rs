//! Terms.

use super::super::{Answer, Failure};
use super::nodes::Nodes;
use crate::rego::syntax::tree::{Call, Comprehension, Domain, Infix, Ref, TemplatePart, Term, TermKind};
use crate::rego::value::{Kind, Space, Value, sort_by};

impl Nodes<'_, '_> {
    /// A term. INVARIANT (depth): no tree is deeper than its parser lets it be.
    pub(super) fn term(&mut self, term: &Term<'_>) -> Answer {
        self.context.charge(2)?;
        match &term.kind {
            TermKind::Null => {
                let nothing = self.object(&[])?;
                self.node("null", nothing)
            }
            TermKind::Boolean(value) => self.node("boolean", Value::boolean(*value)),
            TermKind::Number(digits) => {
                let number = self.context.stores.make_number(Space::Heap, digits)?;
                self.node("number", number)
            }
            TermKind::String(text) => self.constant(text),
            TermKind::Template(parts) => self.template(term, parts),
            TermKind::Var(name) => {
                let variable = self.variable(name)?;
                // The documents that all is found in are references by themselves.
                if matches!(*name, "data" | "input") { self.reference(&[variable]) } else { Ok(variable) }
            }
            TermKind::Ref(reference) => {
                let parts = self.parts(reference)?;
                self.reference(&parts)
            }
            TermKind::Call(call) => {
                let call = self.call(call)?;
                self.call_node(&call)
            }
            TermKind::Infix(infix) => {
                let call = self.infix(infix)?;
                self.call_node(&call)
            }
            TermKind::In(domain) => {
                let call = self.member(domain)?;
                self.call_node(&call)
            }
            TermKind::Array(items) => {
                let items = self.terms(items)?;
                let items = self.array(&items)?;
                self.node("array", items)
            }
            TermKind::Set(items) => {
                let mut items = self.terms(items)?;
                self.sort(&mut items, |item| *item)?;
                items.dedup_by(|a, b| self.context.stores.equals(*a, *b));
                let items = self.array(&items)?;
                self.node("set", items)
            }
            TermKind::Object(pairs) => self.pairs(pairs),
            TermKind::ArrayComprehension(comprehension) => self.comprehension("arraycomprehension", comprehension),
            TermKind::SetComprehension(comprehension) => self.comprehension("setcomprehension", comprehension),
            TermKind::ObjectComprehension(comprehension) => self.comprehension("objectcomprehension", comprehension),
            TermKind::Broken => Err(Failure::of_builtin("a part of the module cannot be read")),
        }
    }

    pub(super) fn terms(&mut self, terms: &[Term<'_>]) -> Result<Vec<Value>, Failure> {
        terms.iter().map(|term| self.term(term)).collect()
    }

    fn call_node(&mut self, call: &[Value]) -> Answer {
        let call = self.array(call)?;
        self.node("call", call)
    }

    /// What a reference begins with, and its steps.
    fn parts(&mut self, reference: &Ref<'_>) -> Result<Vec<Value>, Failure> {
        let mut parts = vec![match &reference.head.kind {
            TermKind::Var(name) => self.variable(name)?,
            _ => self.term(&reference.head)?,
        }];
        for part in &reference.parts {
            parts.push(self.term(&part.term)?);
        }
        Ok(parts)
    }

    /// The function, and its arguments.
    pub(super) fn call(&mut self, call: &Call<'_>) -> Result<Vec<Value>, Failure> {
        let function = match &call.function.kind {
            TermKind::Var(name) => {
                let name = self.variable(name)?;
                self.reference(&[name])?
            }
            _ => self.term(&call.function)?,
        };
        let mut whole = vec![function];
        whole.extend(self.terms(&call.args)?);
        Ok(whole)
    }

    pub(super) fn infix(&mut self, infix: &Infix<'_>) -> Result<Vec<Value>, Failure> {
        Ok(vec![self.builtin(infix.operator.builtin())?, self.term(&infix.left)?, self.term(&infix.right)?])
    }

    pub(super) fn member(&mut self, domain: &Domain<'_>) -> Result<Vec<Value>, Failure> {
        let mut whole = Vec::with_capacity(4);
        match &domain.key {
            Some(key) => {
                whole.push(self.builtin("internal.member_3")?);
                whole.push(self.term(key)?);
            }
            None => whole.push(self.builtin("internal.member_2")?),
        }
        whole.push(self.term(&domain.value)?);
        whole.push(self.term(&domain.collection)?);
        Ok(whole)
    }

    /// The pairs of an object, in the order of their keys; of equal keys the last counts.
    fn pairs(&mut self, pairs: &[(Term<'_>, Term<'_>)]) -> Answer {
        let mut whole = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            whole.push([self.term(key)?, self.term(value)?]);
        }
        self.sort(&mut whole, |[key, _]| *key)?;
        whole.dedup_by(|[later, value], [first, kept]| {
            let is_same = self.context.stores.equals(*later, *first);
            if is_same {
                *kept = *value;
            }
            is_same
        });
        let whole = whole.iter().map(|pair| self.array(pair)).collect::<Result<Vec<_>, _>>()?;
        let whole = self.array(&whole)?;
        self.node("object", whole)
    }

    /// Puts terms in OPA's order: by their types, and by their values.
    fn sort<T: Copy>(&mut self, items: &mut [T], key: impl Fn(&T) -> Value) -> Result<(), Failure> {
        let count = items.len() as u64;
        self.context.charge(count * (1 + u64::from(count.max(1).ilog2())))?;
        let stores = &*self.context.stores;
        let field = |node: Value, at: usize| match node.kind() {
            Kind::Object(pairs) => stores.pairs(pairs).get(at).map_or(Value::UNDEFINED, |[_, value]| *value),
            _ => Value::UNDEFINED,
        };
        let order = |a: &T, b: &T| {
            let (a, b) = (key(a), key(b));
            let rank = |node| rank(stores.as_str(field(node, 0)).unwrap_or_default());
            rank(a).cmp(&rank(b)).then_with(|| stores.compare(field(a, 1), field(b, 1)))
        };
        let mut sorted = items.to_vec();
        sort_by(&mut sorted, order);
        items.copy_from_slice(&sorted);
        Ok(())
    }

    fn comprehension(&mut self, of_type: &str, comprehension: &Comprehension<'_>) -> Answer {
        let mut fields = Vec::with_capacity(3);
        match &comprehension.key {
            Some(key) => {
                fields.push(("key", self.term(key)?));
                fields.push(("value", self.term(&comprehension.value)?));
            }
            None => fields.push(("term", self.term(&comprehension.value)?)),
        }
        fields.push(("body", self.body(&comprehension.body.literals)?));
        let fields = self.object(&fields)?;
        self.node(of_type, fields)
    }

    fn template(&mut self, term: &Term<'_>, parts: &[TemplatePart<'_>]) -> Answer {
        let mut whole = Vec::with_capacity(parts.len());
        for part in parts {
            whole.push(match part {
                TemplatePart::Text(text, _) => self.constant(text)?,
                TemplatePart::Expression(literal) => self.literal(literal, 0)?,
            });
        }
        let is_raw = self.text_of(term).starts_with("$`");
        let whole = self.array(&whole)?;
        let fields = self.object(&[("parts", whole), ("multi_line", Value::boolean(is_raw))])?;
        self.node("templatestring", fields)
    }
}

/// The place of a type in the order of terms.
fn rank(of_type: &str) -> usize {
    const ORDER: [&str; 14] = [
        "null",
        "boolean",
        "number",
        "string",
        "var",
        "ref",
        "array",
        "object",
        "set",
        "arraycomprehension",
        "objectcomprehension",
        "setcomprehension",
        "call",
        "templatestring",
    ];
    ORDER.iter().position(|name| *name == of_type).unwrap_or(ORDER.len())
}
