//! Policies from a seed. Most of what is written passes the checks, and has values often enough to be worth asking for.

use crate::chance::Chance;
use crate::tree::{Kind, Tree, joined, of, piece, term};

/// What a term is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Number,
    Text,
    Flag,
    List,
    Set,
    Object,
    /// Only evaluation knows.
    Any,
}

pub const SORTS: [Sort; 7] = [Sort::Number, Sort::Text, Sort::Flag, Sort::List, Sort::Set, Sort::Object, Sort::Any];

/// A function of the policy.
#[derive(Debug, Clone)]
pub struct Function {
    pub name: String,
    pub arguments: usize,
}

/// Writes one policy.
pub struct Generator {
    pub chance: Chance,
    /// The variables that have a value here.
    pub scope: Vec<(String, Sort)>,
    /// The rules so far, by how they are named from the module that is written.
    pub rules: Vec<(String, Sort)>,
    pub functions: Vec<Function>,
    names: usize,
    /// The package that is written.
    pub package: &'static str,
    /// How many terms may still lie inside one another.
    pub room: usize,
}

/// Modules of packages, each of which asks rules of those before it.
pub struct Policy {
    pub modules: Vec<Tree>,
    /// The paths of rules, and of their packages.
    pub asked: Vec<String>,
}

pub fn policy(seed: u64) -> Policy {
    let mut generator = Generator {
        chance: Chance::new(seed),
        scope: Vec::new(),
        rules: Vec::new(),
        functions: Vec::new(),
        names: 0,
        package: "",
        room: 3,
    };
    generator.policy()
}

fn t(text: &str) -> Tree {
    text.into()
}

impl Generator {
    fn policy(&mut self) -> Policy {
        let mut asked = Vec::new();
        let inner = self.module("q.sub", 1, &mut asked);
        self.name_whole("q.sub");
        let other = self.module("q", 2, &mut asked);
        self.name_whole("q");
        let main = self.module("p", 4, &mut asked);
        asked.extend(["data.q.sub".to_owned(), "data.q".to_owned(), "data.p".to_owned()]);
        Policy { modules: vec![inner, other, main], asked }
    }

    /// Names rules and functions as they are named outside of their package.
    fn name_whole(&mut self, package: &str) {
        let names = self.rules.iter_mut().map(|(name, _)| name);
        for name in names.chain(self.functions.iter_mut().map(|function| &mut function.name)) {
            if !name.starts_with("data.") {
                *name = format!("data.{package}.{name}");
            }
        }
    }

    fn module(&mut self, package: &'static str, most: usize, asked: &mut Vec<String>) -> Tree {
        self.package = package;
        let mut parts = vec![Tree::from(format!("package {package}\n\n"))];
        for _ in 0..1 + self.chance.below(most) {
            if self.chance.often(25) {
                parts.extend(self.function());
            }
            parts.extend(self.rule(package, asked));
        }
        of(Kind::Fixed, parts)
    }

    pub fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    /// Rules of one name.
    fn rule(&mut self, package: &str, asked: &mut Vec<String>) -> Vec<Tree> {
        let name = self.name("r");
        let sort = *self.chance.pick(&SORTS);
        let (rules, sort) = match self.chance.below(12) {
            0..3 => (self.complete(&name, sort), sort),
            3 => (self.with_default(&name, sort), sort),
            4 | 5 => (self.chain(&name, sort), sort),
            6 | 7 => (self.several(|own| own.partial(&name, " contains ", None)), Sort::Set),
            8 | 9 => (self.several(|own| own.partial(&format!("{name}["), "] := ", Some(Sort::Text))), Sort::Object),
            10 => (self.tree_rules(&name), Sort::Object),
            _ => (self.holds(&name), Sort::Flag),
        };
        self.rules.push((name.clone(), sort));
        asked.push(format!("data.{package}.{name}"));
        rules
    }

    fn several(&mut self, mut one: impl FnMut(&mut Self) -> Tree) -> Vec<Tree> {
        (0..1 + self.chance.below(3)).map(|_| one(self)).collect()
    }

    fn complete(&mut self, name: &str, sort: Sort) -> Vec<Tree> {
        let count = if self.chance.often(70) { 1 } else { 2 };
        (0..count).map(|_| self.branch(&format!("{name} := "), sort, "\n")).collect()
    }

    /// A term of a head. It has a value: where a builtin fails in a head, or a function has none, regorus does not go on with what
    /// is next.
    fn head(&mut self, sort: Sort) -> Tree {
        let known = self.known(sort);
        if !known.is_empty() && self.chance.often(60) {
            return term([Tree::from(self.chance.pick(&known).clone())]);
        }
        if self.chance.often(25) {
            return term([t("["), self.certain(), t(", "), self.certain(), t("]")]);
        }
        self.constant(if sort == Sort::Any { Sort::List } else { sort })
    }

    /// A number or a text.
    pub fn certain_scalar(&mut self) -> Tree {
        let sort = if self.chance.often(50) { Sort::Number } else { Sort::Text };
        self.certain_of(sort)
    }

    /// A term that has a value of a sort.
    pub fn certain_of(&mut self, sort: Sort) -> Tree {
        let known: Vec<String> =
            self.scope.iter().filter(|(_, own)| *own == sort).map(|(name, _)| name.clone()).collect();
        if known.is_empty() { self.constant(sort) } else { term([Tree::from(self.chance.pick(&known).clone())]) }
    }

    fn with_default(&mut self, name: &str, sort: Sort) -> Vec<Tree> {
        let value = self.constant(if sort == Sort::Any { Sort::List } else { sort });
        let mut rules = vec![piece([t("default "), Tree::from(name), t(" := "), value, t("\n\n")])];
        rules.extend(self.complete(name, sort));
        rules
    }

    fn chain(&mut self, name: &str, sort: Sort) -> Vec<Tree> {
        let mut parts = vec![self.branch(&format!("{name} := "), sort, "")];
        for _ in 0..1 + self.chance.below(2) {
            parts.push(self.branch(" else := ", sort, ""));
        }
        parts.push(t("\n"));
        vec![piece(parts)]
    }

    fn holds(&mut self, name: &str) -> Vec<Tree> {
        let head = Tree::from(format!("{name} if "));
        let body = self.inside(|own| own.body(3));
        vec![piece([head, body, t("\n")])]
    }

    fn partial(&mut self, before: &str, between: &str, key: Option<Sort>) -> Tree {
        self.inside(|own| {
            let body = own.body(3);
            let key_sort = match key {
                Some(sort) if own.chance.often(60) => sort,
                _ => *own.chance.pick(&SORTS),
            };
            let value_sort = *own.chance.pick(&SORTS);
            let first = own.head(key_sort);
            let mut parts = vec![Tree::from(before)];
            match key {
                Some(_) => parts.extend([first, Tree::from(between), own.head(value_sort)]),
                None => parts.extend([Tree::from(between), first]),
            }
            parts.extend([t(" if "), body, t("\n")]);
            piece(parts)
        })
    }

    /// Rules whose heads are references, which make objects of objects.
    fn tree_rules(&mut self, name: &str) -> Vec<Tree> {
        let shape = self.chance.below(3);
        self.several(|own| match shape {
            0 => own.partial(&format!("{name}.a["), "] := ", Some(Sort::Text)),
            1 => {
                let first = own.chance.pick(&["\"a\"", "\"b\"", "1"]).to_string();
                own.partial(&format!("{name}[{first}]["), "] := ", Some(Sort::Text))
            }
            _ => {
                let first = own.chance.pick(&["a", "b"]).to_string();
                own.partial(&format!("{name}.{first}"), " contains ", None)
            }
        })
    }

    /// `HEAD VALUE if { … }`, or without a body.
    fn branch(&mut self, head: &str, sort: Sort, end: &str) -> Tree {
        self.inside(|own| {
            let body = if own.chance.often(80) { Some(own.body(3)) } else { None };
            let value = own.head(sort);
            let mut parts = vec![Tree::from(head), value];
            match body {
                Some(body) => parts.extend([t(" if "), body]),
                None if end.is_empty() => parts.push(t(" if true")),
                None => parts.push(t("\n")),
            }
            parts.push(Tree::from(end));
            piece(parts)
        })
    }

    fn function(&mut self) -> Vec<Tree> {
        let name = self.name("f");
        let arguments = 1 + self.chance.below(2);
        let mut rules = Vec::new();
        if self.chance.often(15) {
            let blanks = vec!["_"; arguments].join(", ");
            rules.push(piece([
                Tree::from(format!("default {name}({blanks}) := ")),
                self.constant(Sort::Number),
                t("\n\n"),
            ]));
        }
        let sort = *self.chance.pick(&SORTS);
        for _ in 0..1 + self.chance.below(2) {
            rules.push(self.inside(|own| {
                let patterns: Vec<Tree> = (0..arguments).map(|_| own.pattern()).collect();
                let head = [Tree::from(format!("{name}(")), joined(patterns, ", "), t(")")];
                let first = own.branch(" := ", sort, "");
                let chain = own.chance.often(20).then(|| own.branch(" else := ", sort, ""));
                piece(head.into_iter().chain([first]).chain(chain).chain([t("\n")]))
            }));
        }
        self.functions.push(Function { name, arguments });
        rules
    }

    /// What is written in a scope of its own.
    pub fn inside<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let (known, room) = (self.scope.len(), self.room);
        let written = write(self);
        self.scope.truncate(known);
        self.room = room;
        written
    }

    pub fn scalar(&mut self) -> Tree {
        let scalars = ["0", "1", "2", "3", "1.5", "\"a\"", "\"b\"", "\"c\"", "\"\"", "true", "false", "null"];
        term([Tree::from(*self.chance.pick(&scalars))])
    }

    /// A constant of a sort.
    pub fn constant(&mut self, sort: Sort) -> Tree {
        term([Tree::from(*self.chance.pick(match sort {
            Sort::Number => &["0", "1", "2", "2.5"],
            Sort::Text => &["\"a\"", "\"b\"", "\"\"", "\"a b\""],
            Sort::Flag => &["true", "false"],
            Sort::List => &["[]", "[1, 2]", "[\"a\"]"],
            Sort::Set => &["set()", "{1, 2}", "{\"a\"}"],
            Sort::Object => &["{}", "{\"a\": 1}", "{\"b\": [1]}"],
            Sort::Any => &["input.m", "input.a", "input.b", "data.d.m", "data.d.a", "null", "1", "\"a\""],
        }))])
    }

    /// The variables of a sort that are known here.
    pub fn known(&self, sort: Sort) -> Vec<String> {
        self.scope.iter().filter(|(_, own)| *own == sort || *own == Sort::Any).map(|(name, _)| name.clone()).collect()
    }

    pub fn rules_of(&self, sort: Sort) -> Vec<String> {
        self.rules.iter().filter(|(_, own)| *own == sort || sort == Sort::Any).map(|(name, _)| name.clone()).collect()
    }

    /// A call of a function of the policy, where there is one.
    pub fn own_call(&mut self) -> Option<Tree> {
        if self.functions.is_empty() {
            return None;
        }
        let function = self.chance.pick(&self.functions).clone();
        let arguments: Vec<Tree> = (0..function.arguments).map(|_| self.term(Sort::Any)).collect();
        Some(term([Tree::from(format!("{}(", function.name)), joined(arguments, ", "), t(")")]))
    }

    pub fn room(&self) -> usize {
        self.room
    }

    /// A term inside of another one.
    pub fn smaller<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.room = self.room.saturating_sub(1);
        let written = write(self);
        self.room += 1;
        written
    }
}
