//! Walks over all statements, terms and replacements of a tree, each before those in it.

use super::tree::{
    Binary, Body, Comprehension, Domain, Literal, LiteralKind, Part, Rule, TemplatePart, Term, TermKind, Tree, With,
};

/// What a walk comes to.
#[derive(Debug, Clone, Copy)]
pub enum Node<'t, 's> {
    /// A statement of a body, before the terms in it.
    Literal(&'t Literal<'s>),
    /// A term.
    Term(&'t Term<'s>),
    /// A replacement, before its target and its value.
    With(&'t With<'s>),
}

/// Calls `visit` with every node of the rules, in the order of the text as far as a head stands before its body.
pub fn nodes<'t, 's>(tree: &'t Tree<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    for rule in tree.rules() {
        in_rule(rule, visit);
    }
}

/// Calls `visit` with every term of the rules.
pub fn terms<'t, 's>(tree: &'t Tree<'s>, visit: &mut dyn FnMut(&'t Term<'s>)) {
    nodes(tree, &mut |node| {
        if let Node::Term(term) = node {
            visit(term);
        }
    });
}

/// Calls `visit` with a term and every term in it.
pub fn terms_of_term<'t, 's>(term: &'t Term<'s>, visit: &mut dyn FnMut(&'t Term<'s>)) {
    in_term(term, &mut |node| {
        if let Node::Term(term) = node {
            visit(term);
        }
    });
}

/// Calls `visit` with every term of a body.
pub fn terms_of_body<'t, 's>(body: &'t Body<'s>, visit: &mut dyn FnMut(&'t Term<'s>)) {
    in_body(body, &mut |node| {
        if let Node::Term(term) = node {
            visit(term);
        }
    });
}

fn in_rule<'t, 's>(rule: &'t Rule<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    let head = &rule.head;
    in_parts(&head.reference, visit);
    let value = head.value.as_ref().map(|value| &value.term);
    for term in head.args.iter().flatten().chain(&head.key).chain(value) {
        in_term(term, visit);
    }
    if let Some(body) = &rule.body {
        in_body(body, visit);
    }
    for branch in &rule.elses {
        if let Some(value) = &branch.value {
            in_term(&value.term, visit);
        }
        if let Some(body) = &branch.body {
            in_body(body, visit);
        }
    }
    for body in &rule.chained {
        in_body(body, visit);
    }
}

fn in_body<'t, 's>(body: &'t Body<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    for literal in &body.literals {
        in_literal(literal, visit);
    }
}

fn in_literal<'t, 's>(literal: &'t Literal<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    visit(Node::Literal(literal));
    match &literal.kind {
        LiteralKind::Term(term) => in_term(term, visit),
        LiteralKind::Assign(binary) | LiteralKind::Unify(binary) => {
            let Binary { left, right, .. } = binary.as_ref();
            in_term(left, visit);
            in_term(right, visit);
        }
        LiteralKind::SomeIn(domain) => in_domain(domain, visit),
        LiteralKind::Every(domain, body) => {
            in_domain(domain, visit);
            in_body(body, visit);
        }
        LiteralKind::Some(_) | LiteralKind::Broken => {}
    }
    for with in &literal.with {
        visit(Node::With(with));
        in_term(&with.target, visit);
        in_term(&with.value, visit);
    }
}

fn in_domain<'t, 's>(domain: &'t Domain<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    if let Some(key) = &domain.key {
        in_term(key, visit);
    }
    in_term(&domain.value, visit);
    in_term(&domain.collection, visit);
}

fn in_parts<'t, 's>(parts: &'t [Part<'s>], visit: &mut dyn FnMut(Node<'t, 's>)) {
    for part in parts {
        in_term(&part.term, visit);
    }
}

fn in_term<'t, 's>(term: &'t Term<'s>, visit: &mut dyn FnMut(Node<'t, 's>)) {
    visit(Node::Term(term));
    match &term.kind {
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| in_term(item, visit)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                in_term(key, visit);
                in_term(value, visit);
            }
        }
        TermKind::Ref(reference) => {
            in_term(&reference.head, visit);
            in_parts(&reference.parts, visit);
        }
        TermKind::Call(call) => {
            in_term(&call.function, visit);
            call.args.iter().for_each(|arg| in_term(arg, visit));
        }
        TermKind::Infix(infix) => {
            in_term(&infix.left, visit);
            in_term(&infix.right, visit);
        }
        TermKind::In(domain) => in_domain(domain, visit),
        TermKind::ArrayComprehension(found)
        | TermKind::SetComprehension(found)
        | TermKind::ObjectComprehension(found) => {
            let Comprehension { key, value, body } = found.as_ref();
            if let Some(key) = key {
                in_term(key, visit);
            }
            in_term(value, visit);
            in_body(body, visit);
        }
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expression(literal) = part {
                    in_literal(literal, visit);
                }
            }
        }
        TermKind::Null
        | TermKind::Boolean(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Broken => {}
    }
}
