//! Terms of a sort: constants, variables, references, collections, operators, builtins.

use crate::generate::{Generator, Sort};
use crate::tree::{Kind, Tree, joined, of, term};

fn t(text: &str) -> Tree {
    text.into()
}

/// A builtin with the sorts of its arguments.
type Call = (&'static str, &'static [Sort]);

use Sort::{Any, Flag, List, Number, Object, Set, Text};

const NUMBERS: &[Call] = &[
    ("count", &[Any]),
    ("count", &[List]),
    ("count", &[Set]),
    ("sum", &[List]),
    ("product", &[List]),
    ("max", &[List]),
    ("min", &[Set]),
    ("abs", &[Number]),
    ("round", &[Number]),
    ("ceil", &[Number]),
    ("floor", &[Number]),
    ("to_number", &[Text]),
    ("to_number", &[Any]),
    ("bits.and", &[Number, Number]),
    ("bits.or", &[Number, Number]),
    ("bits.xor", &[Number, Number]),
];
const TEXTS: &[Call] = &[
    ("concat", &[Text, List]),
    ("lower", &[Text]),
    ("upper", &[Text]),
    ("trim", &[Text, Text]),
    ("trim_left", &[Text, Text]),
    ("trim_prefix", &[Text, Text]),
    ("trim_space", &[Text]),
    ("trim_suffix", &[Text, Text]),
    ("replace", &[Text, Text, Text]),
    ("strings.reverse", &[Text]),
    ("type_name", &[Any]),
    ("json.marshal", &[Any]),
    ("format_int", &[Number, Number]),
    ("base64.encode", &[Text]),
    ("hex.encode", &[Text]),
    ("urlquery.encode", &[Text]),
];
const FLAGS: &[Call] = &[
    ("contains", &[Text, Text]),
    ("startswith", &[Text, Text]),
    ("endswith", &[Text, Text]),
    ("is_number", &[Any]),
    ("is_string", &[Any]),
    ("is_set", &[Any]),
    ("is_array", &[Any]),
    ("is_object", &[Any]),
    ("is_null", &[Any]),
    ("regex.match", &[Text, Text]),
    ("strings.any_prefix_match", &[Text, Any]),
];
const LISTS: &[Call] = &[
    ("array.concat", &[List, List]),
    ("array.slice", &[List, Number, Number]),
    ("array.reverse", &[List]),
    ("split", &[Text, Text]),
    ("sort", &[List]),
    ("sort", &[Set]),
    ("numbers.range", &[Number, Number]),
];
const SETS: &[Call] =
    &[("union", &[Any]), ("intersection", &[Any]), ("object.keys", &[Object]), ("object.keys", &[Any])];
const OBJECTS: &[Call] = &[
    ("object.union", &[Object, Object]),
    ("object.remove", &[Object, List]),
    ("object.remove", &[Any, Set]),
    ("object.filter", &[Object, List]),
    ("object.union_n", &[List]),
];
const OTHERS: &[Call] =
    &[("object.get", &[Any, Any, Any]), ("object.get", &[Object, List, Any]), ("json.unmarshal", &[Text])];

impl Generator {
    /// A term of a sort, as far as can be known.
    pub fn term(&mut self, sort: Sort) -> Tree {
        if self.room() == 0 {
            return self.leaf(sort);
        }
        let known = self.known(sort);
        if !known.is_empty() && self.chance.often(35) {
            return term([Tree::from(self.chance.pick(&known).clone())]);
        }
        self.smaller(|own| match own.chance.below(12) {
            0..2 => own.leaf(sort),
            2..4 => own.document(),
            4 => own.own_call().unwrap_or_else(|| own.leaf(sort)),
            5 | 6 => own.call(sort),
            7 => own.operation(sort),
            8 => own.comprehension(sort),
            _ => own.collected(sort),
        })
    }

    fn leaf(&mut self, sort: Sort) -> Tree {
        let known = self.known(sort);
        if !known.is_empty() && self.chance.often(60) {
            return term([Tree::from(self.chance.pick(&known).clone())]);
        }
        if self.chance.often(15) {
            return self.document();
        }
        self.constant(sort)
    }

    /// A part of a document, or the value of a rule.
    pub fn document(&mut self) -> Tree {
        const PATHS: [&str; 16] = [
            "input",
            "input.a",
            "input.b",
            "input.n",
            "input.s",
            "input.o",
            "input.o.a",
            "input.m",
            "data.d",
            "data.d.a",
            "data.d.b",
            "data.d.n",
            "data.d.o",
            "data.d.m",
            "data.q",
            "input.absent",
        ];
        let rules = self.rules_of(Sort::Any);
        let mut parts = vec![if !rules.is_empty() && self.chance.often(45) {
            Tree::from(self.chance.pick(&rules).clone())
        } else {
            // Rules of a package do not ask for all of it.
            let path = *self.chance.pick(&PATHS);
            let is_own = path == "data.q" && !rules.iter().any(|rule| rule.starts_with("data.q"));
            Tree::from(if is_own { "data.d" } else { path })
        }];
        let is_rule = parts.iter().any(|part| !part.text().starts_with("input"));
        while parts.len() < 4 && self.chance.often(if is_rule { 15 } else { 35 }) {
            parts.push(self.step());
        }
        term(parts)
    }

    /// A reference without variables: behind `not`, regorus takes every key where one has got its value from a builtin.
    pub fn place(&mut self) -> Tree {
        let root = *self.chance.pick(&["input.a", "input.b", "input.o", "input.absent", "data.d.a", "data.d.o"]);
        let rules = self.rules_of(Sort::Flag);
        if !rules.is_empty() && self.chance.often(40) {
            return term([Tree::from(self.chance.pick(&rules).clone())]);
        }
        let step = if self.chance.often(60) { *self.chance.pick(&[".a", ".b", "[0]", "[1]"]) } else { "" };
        term([Tree::from(root), t(step)])
    }

    fn step(&mut self) -> Tree {
        match self.chance.below(4) {
            0 => Tree::from(*self.chance.pick(&[".a", ".b", ".c"])),
            1 => Tree::from(*self.chance.pick(&["[0]", "[1]", "[\"a\"]", "[\"b\"]", "[_]"])),
            _ => {
                let key = self.smaller(|own| own.leaf(Sort::Any));
                of(Kind::Fixed, [t("["), key, t("]")])
            }
        }
    }

    /// Something that has parts. Of what has none, `some` is an error of regorus.
    pub fn collection(&mut self) -> Tree {
        const PATHS: [&str; 6] = ["input.n", "input.s", "input.o", "data.d.n", "data.d.s", "data.d.o"];
        let sort = *self.chance.pick(&[Sort::List, Sort::Set, Sort::Object]);
        let rules = self.rules_of(sort);
        match self.chance.below(10) {
            0..4 => term([Tree::from(*self.chance.pick(&PATHS))]),
            4..8 if !rules.is_empty() => term([Tree::from(self.chance.pick(&rules).clone())]),
            _ => self.term(sort),
        }
    }

    fn collected(&mut self, sort: Sort) -> Tree {
        let count = self.chance.below(4);
        match sort {
            Sort::List => {
                let items: Vec<Tree> = self.terms(count);
                term([t("["), joined(items, ", "), t("]")])
            }
            Sort::Set if count > 0 => {
                let items: Vec<Tree> = self.terms(count);
                term([t("{"), joined(items, ", "), t("}")])
            }
            // Of keys that are equal, regorus keeps another one.
            Sort::Object if self.chance.often(20) => {
                let key = self.term(Sort::Text);
                term([t("{"), key, t(": "), self.any(), t("}")])
            }
            Sort::Object => {
                let pairs: Vec<Tree> = ["\"a\": ", "\"b\": ", "\"c\": "]
                    .into_iter()
                    .take(count)
                    .map(|key| of(Kind::Fixed, [t(key), self.any()]))
                    .collect();
                term([t("{"), joined(pairs, ", "), t("}")])
            }
            Sort::Any => {
                let sort = *self.chance.pick(&[Number, Text, Flag, List, Set, Object]);
                self.term(sort)
            }
            other => self.leaf(other),
        }
    }

    fn terms(&mut self, count: usize) -> Vec<Tree> {
        let sort = if self.chance.often(50) { Sort::Number } else { Sort::Any };
        (0..count).map(|_| self.term(sort)).collect()
    }

    fn any(&mut self) -> Tree {
        let sort = *self.chance.pick(&[Number, Text, Flag, List, Set, Object, Any]);
        self.term(sort)
    }

    fn call(&mut self, sort: Sort) -> Tree {
        let calls = match sort {
            Sort::Number => NUMBERS,
            Sort::Text => TEXTS,
            Sort::Flag => FLAGS,
            Sort::List => LISTS,
            Sort::Set => SETS,
            Sort::Object => OBJECTS,
            Sort::Any => OTHERS,
        };
        if sort == Sort::Text && self.chance.often(20) {
            let (format, count) = *self.chance.pick(&[("\"%v\"", 1), ("\"%v|%v\"", 2)]);
            // An empty set is printed as `set()`; regorus prints `{}`.
            let arguments: Vec<Tree> = (0..count).map(|_| self.certain_scalar()).collect();
            return term([Tree::from(format!("sprintf({format}, [")), joined(arguments, ", "), t("])")]);
        }
        let (name, sorts) = *self.chance.pick(calls);
        let arguments: Vec<Tree> = sorts.iter().map(|&sort| self.argument(sort)).collect();
        term([Tree::from(format!("{name}(")), joined(arguments, ", "), t(")")])
    }

    /// Sometimes something of another sort, as an input may be.
    fn argument(&mut self, sort: Sort) -> Tree {
        if self.chance.often(8) { self.document() } else { self.term(sort) }
    }

    fn operation(&mut self, sort: Sort) -> Tree {
        let (sign, of) = match sort {
            Sort::Number => (*self.chance.pick(&[" + ", " - ", " * ", " / ", " % "]), Sort::Number),
            Sort::Set => (*self.chance.pick(&[" | ", " & ", " - "]), Sort::Set),
            Sort::Flag => {
                let sort = *self.chance.pick(&[Number, Text, Any]);
                (self.how(sort), sort)
            }
            other => return self.collected(other),
        };
        if sort == Sort::Flag && self.chance.often(30) {
            return term(self.membership());
        }
        // An operand of another type is an error of regorus; now and then it is worth seeing.
        if of == Sort::Any || self.chance.often(10) {
            return term([t("("), self.term(of), Tree::from(sign), self.term(of), t(")")]);
        }
        term([t("("), self.certain_of(of), Tree::from(sign), self.certain_of(of), t(")")])
    }

    fn comprehension(&mut self, sort: Sort) -> Tree {
        self.inside(|own| {
            let statements = own.statements(2);
            let (open, close) = match sort {
                Sort::List => ("[", "]"),
                Sort::Set | Sort::Object => ("{", "}"),
                Sort::Number => ("count([", "])"),
                _ => return own.leaf(sort),
            };
            let value = own.any();
            let before = if sort == Sort::Object {
                let key = own.term(Sort::Text);
                of(Kind::Fixed, [key, t(": "), value])
            } else {
                value
            };
            term([Tree::from(open), before, t(" |\n"), statements, Tree::from(close)])
        })
    }
}
