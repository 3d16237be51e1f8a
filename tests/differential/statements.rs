//! Statements of a body, and what they name.

use crate::generate::{Function, Generator, SORTS, Sort};
use crate::tree::{Kind, Tree, joined, of, piece, term};

fn t(text: &str) -> Tree {
    text.into()
}

impl Generator {
    /// Statements in braces. Variables that they give values to stay known.
    pub fn body(&mut self, most: usize) -> Tree {
        of(Kind::Fixed, [t("{\n"), self.statements(most), t("}\n")])
    }

    pub fn statements(&mut self, most: usize) -> Tree {
        let mut statements: Vec<Tree> = (0..1 + self.chance.below(most)).map(|_| self.statement()).collect();
        if statements.len() > 1 && self.chance.often(15) {
            let (a, b) = (self.chance.below(statements.len()), self.chance.below(statements.len()));
            statements.swap(a, b);
        }
        of(Kind::Fixed, statements)
    }

    fn statement(&mut self) -> Tree {
        let parts = match self.chance.below(24) {
            0..3 => self.assignment(),
            3..5 => self.unification(),
            5..8 => self.walk(),
            8..10 => self.comparison(),
            10 | 11 => {
                let sort = *self.chance.pick(&SORTS);
                vec![self.term(sort)]
            }
            12 | 13 => vec![t("not "), self.condition()],
            14 => self.every(),
            15..17 => self.with(),
            17 => self.membership_statement(),
            18 => self.walked(),
            19 => self.element(),
            20 => self.places(),
            21 => self.join(),
            _ => self.reference_with_new(),
        };
        piece(parts.into_iter().chain([t("\n")]))
    }

    /// What may stand behind `not`. All operands of a call have values: where one is undefined, regorus says that the call does
    /// not hold, and OPA that there is none.
    fn condition(&mut self) -> Tree {
        match self.chance.below(3) {
            0 => {
                let how = self.how(Sort::Any);
                term([self.certain(), Tree::from(how), self.certain()])
            }
            1 => term([self.certain(), t(" in "), self.certain()]),
            _ => self.place(),
        }
    }

    /// A term that has a value.
    pub fn certain(&mut self) -> Tree {
        let known = self.known(Sort::Any);
        if !known.is_empty() && self.chance.often(70) {
            return term([Tree::from(self.chance.pick(&known).clone())]);
        }
        let sort = *self.chance.pick(&[Sort::Number, Sort::Text, Sort::List, Sort::Set, Sort::Object]);
        self.constant(sort)
    }

    fn new_variable(&mut self) -> String {
        self.name("x")
    }

    fn assignment(&mut self) -> Vec<Tree> {
        let sort = *self.chance.pick(&SORTS);
        let value = self.term(sort);
        let name = self.new_variable();
        self.scope.push((name.clone(), sort));
        vec![Tree::from(name), t(" := "), value]
    }

    /// Two terms that are to be equal. Variables of one that are new need no declaration. Arrays are as long as one another: where
    /// they are not, regorus ends with an error.
    fn unification(&mut self) -> Vec<Tree> {
        let (left, right) = if self.chance.often(40) {
            let values: Vec<Tree> = (0..1 + self.chance.below(2)).map(|_| self.term(Sort::Any)).collect();
            let patterns: Vec<Tree> = values.iter().map(|_| self.unified()).collect();
            let list = |items| of(Kind::Fixed, [t("["), joined(items, ", "), t("]")]);
            (list(patterns), list(values))
        } else {
            let sort = *self.chance.pick(&SORTS);
            let value = self.term(sort);
            (self.unified(), value)
        };
        if self.chance.often(30) { vec![right, t(" = "), left] } else { vec![left, t(" = "), right] }
    }

    fn unified(&mut self) -> Tree {
        match self.chance.below(6) {
            0 => self.scalar(),
            1 => self.certain(),
            2 => t("_"),
            _ => {
                let name = self.new_variable();
                self.scope.push((name.clone(), Sort::Any));
                Tree::from(name)
            }
        }
    }

    /// An argument of a function, all of whose variables are new.
    pub fn pattern(&mut self) -> Tree {
        match self.chance.below(10) {
            0 => {
                let items: Vec<Tree> = (0..1 + self.chance.below(2)).map(|_| self.fresh()).collect();
                of(Kind::Fixed, [t("["), joined(items, ", "), t("]")])
            }
            1 => self.scalar(),
            _ => self.fresh(),
        }
    }

    fn fresh(&mut self) -> Tree {
        let name = self.new_variable();
        self.scope.push((name.clone(), Sort::Any));
        Tree::from(name)
    }

    fn walk(&mut self) -> Vec<Tree> {
        let collection = self.collection();
        let mut parts = vec![t("some ")];
        if self.chance.often(40) {
            parts.extend([self.fresh(), t(", ")]);
        }
        parts.extend([self.fresh(), t(" in "), collection]);
        parts
    }

    fn comparison(&mut self) -> Vec<Tree> {
        let sort = *self.chance.pick(&[Sort::Number, Sort::Number, Sort::Text, Sort::Any, Sort::Set, Sort::List]);
        let how = self.how(sort);
        vec![self.term(sort), Tree::from(how), self.term(sort)]
    }

    /// How terms of a sort are compared. Which of a set and an object is smaller, regorus and OPA do not agree.
    pub fn how(&mut self, sort: Sort) -> &'static str {
        let signs: &[&'static str] = if matches!(sort, Sort::Number | Sort::Text) {
            &[" == ", " != ", " < ", " <= ", " > ", " >= "]
        } else {
            &[" == ", " != "]
        };
        let sign: &&str = self.chance.pick(signs);
        sign
    }

    /// Without brackets: behind the end of a line, regorus reads those as a call.
    fn membership_statement(&mut self) -> Vec<Tree> {
        vec![self.certain(), t(" in "), self.certain()]
    }

    pub fn membership(&mut self) -> Vec<Tree> {
        if self.chance.often(20) {
            return vec![t("("), self.certain(), t(", "), self.certain(), t(" in "), self.certain(), t(")")];
        }
        vec![t("("), self.certain(), t(" in "), self.certain(), t(")")]
    }

    fn every(&mut self) -> Vec<Tree> {
        let collection = self.collection();
        self.inside(|own| {
            let (key, value) = (own.new_variable(), own.new_variable());
            let mut parts = vec![t("every ")];
            // A variable that is not used is refused.
            let mut uses = vec![own.using(&value)];
            if own.chance.often(40) {
                parts.push(Tree::from(format!("{key}, ")));
                uses.push(own.using(&key));
                own.scope.push((key, Sort::Any));
            }
            parts.push(Tree::from(value.clone()));
            own.scope.push((value, Sort::Any));
            parts.extend([t(" in "), collection, t(" {\n")]);
            parts.extend(uses);
            if own.chance.often(50) {
                parts.push(own.statements(2));
            }
            parts.push(t("}"));
            parts
        })
    }

    /// A statement that asks for the value of a variable.
    fn using(&mut self, variable: &str) -> Tree {
        let sort = *self.chance.pick(&SORTS);
        let how = self.how(sort);
        piece([Tree::from(format!("{variable}{how}")), self.term(sort), t("\n")])
    }

    fn with(&mut self) -> Vec<Tree> {
        let replacements: Vec<Tree> = (0..1 + self.chance.below(2)).map(|_| self.replacement()).collect();
        let mut parts = match self.chance.below(4) {
            0 => vec![t("not "), self.condition()],
            1 => self.comparison(),
            2 => self.unification(),
            _ => self.assignment(),
        };
        parts.extend(replacements);
        parts
    }

    fn replacement(&mut self) -> Tree {
        let target = match self.chance.below(8) {
            0 => "input".to_owned(),
            1 => "input.a".to_owned(),
            2 => "input.o.a".to_owned(),
            3 => "data.d".to_owned(),
            4 => "data.d.a".to_owned(),
            5 if !self.functions.is_empty() => {
                let function = self.chance.pick(&self.functions).clone();
                let same: Vec<Function> = self
                    .functions
                    .iter()
                    .filter(|other| other.arguments == function.arguments && other.name != function.name)
                    .cloned()
                    .collect();
                if !same.is_empty() && self.chance.often(50) {
                    let other = self.chance.pick(&same).name.clone();
                    return of(Kind::Piece, [Tree::from(format!(" with {} as {other}", function.name))]);
                }
                function.name
            }
            6 => self.chance.pick(&["count", "to_number", "lower"]).to_string(),
            _ => match self.rules.is_empty() {
                true => "input.b".to_owned(),
                false => {
                    let rule = self.chance.pick(&self.rules).0.clone();
                    if rule.starts_with("data.") { rule } else { format!("data.p.{rule}") }
                }
            },
        };
        of(Kind::Piece, [Tree::from(format!(" with {target} as ")), self.certain()])
    }

    /// A reference with a variable that has no value before it.
    fn reference_with_new(&mut self) -> Vec<Tree> {
        let collection = self.document();
        let (key, value) = (self.new_variable(), self.new_variable());
        self.scope.push((value.clone(), Sort::Any));
        let (declared, by) = if self.chance.often(30) {
            (String::new(), "_".to_owned())
        } else {
            self.scope.push((key.clone(), Sort::Any));
            (format!("some {key}\n"), key)
        };
        let mut parts =
            vec![Tree::from(declared), Tree::from(format!("{value} := ")), collection, Tree::from(format!("[{by}]"))];
        if self.chance.often(25) {
            parts.push(t("[_]"));
        }
        parts
    }

    /// Every part of a document with its path.
    fn walked(&mut self) -> Vec<Tree> {
        let of = self.document();
        let (path, value) = (self.new_variable(), self.new_variable());
        self.scope.push((path.clone(), Sort::List));
        self.scope.push((value.clone(), Sort::Any));
        // Of what has no parts, regorus gives nothing.
        vec![t("walk(["), of, Tree::from(format!("], [{path}, {value}])"))]
    }

    /// Elements of a set that are of a shape.
    fn element(&mut self) -> Vec<Tree> {
        let (name, first) = (self.new_variable(), self.term(Sort::Any));
        let items: Vec<Tree> = (0..1 + self.chance.below(3))
            .map(|_| {
                let (a, b) = (self.scalar(), self.scalar());
                of(Kind::Term, [t("["), a, t(", "), b, t("]")])
            })
            .collect();
        let second = self.new_variable();
        self.scope.push((second.clone(), Sort::Any));
        vec![
            Tree::from(format!("{name} := {{")),
            joined(items, ", "),
            Tree::from(format!("}}\n{name}[[")),
            if self.chance.often(50) { t("_") } else { first },
            Tree::from(format!(", {second}]]")),
        ]
    }

    /// What stands anywhere below a package: rules, other packages, data.
    fn places(&mut self) -> Vec<Tree> {
        // A rule that asks for its own package needs itself.
        let root = match self.package {
            "p" => *self.chance.pick(&["data.q", "data.q.sub"]),
            "q" => "data.q.sub",
            _ => return self.walk(),
        };
        let (key, value) = (self.new_variable(), self.new_variable());
        self.scope.push((key.clone(), Sort::Text));
        self.scope.push((value.clone(), Sort::Any));
        let more = *self.chance.pick(&["", "", ".a", "[_]", "[\"b\"]"]);
        vec![Tree::from(format!("some {key}\n{value} := {root}[{key}]{more}"))]
    }

    /// The same key in two documents.
    fn join(&mut self) -> Vec<Tree> {
        let (a, b) = (self.document(), self.document());
        let key = self.new_variable();
        self.scope.push((key.clone(), Sort::Any));
        let how = *self.chance.pick(&[" == ", " != ", " = "]);
        vec![
            Tree::from(format!("some {key}\n")),
            a,
            Tree::from(format!("[{key}]{how}")),
            b,
            Tree::from(format!("[{key}]")),
        ]
    }
}
