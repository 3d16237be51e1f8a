//! Templates as they are written.

/// What a template does, one after the other.
#[derive(Debug, Default)]
pub struct List {
    pub nodes: Vec<Action>,
}

impl List {
    /// Whether it writes nothing but blanks.
    pub fn is_empty(&self) -> bool {
        self.nodes.iter().all(|node| matches!(node, Action::Text(text) if text.trim().is_empty()))
    }
}

/// One thing that a template does.
#[derive(Debug)]
pub enum Action {
    /// Writes a text.
    Text(String),
    /// Writes what a pipeline gives, where it declares nothing.
    Print(Pipeline),
    If(Branch),
    With(Branch),
    Range(Branch),
    Break,
    Continue,
    /// Writes what another template does with what a pipeline gives.
    Template(String, Option<Pipeline>),
}

/// What is done where a pipeline gives something, and where not.
#[derive(Debug)]
pub struct Branch {
    pub pipeline: Pipeline,
    pub then: List,
    pub otherwise: Option<List>,
}

/// Commands, each of which is given what the one before it gives.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// The variables that are set to what it gives.
    pub variables: Vec<String>,
    /// Whether they are there already.
    pub is_assignment: bool,
    pub commands: Vec<Command>,
}

/// A function or value, and what it is given.
#[derive(Debug)]
pub struct Command {
    pub operands: Vec<Operand>,
}

#[derive(Debug, Clone)]
pub enum Operand {
    Dot,
    Nil,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a.b`, by the name with its sign.
    Variable(String, Vec<String>),
    Function(Function),
    /// `(…)`
    Pipeline(std::rc::Rc<Pipeline>),
    /// `(…).a.b`
    Chain(std::rc::Rc<Pipeline>, Vec<String>),
}

/// The functions that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    And,
    Call,
    Equal,
    Greater,
    GreaterOrEqual,
    Html,
    Index,
    JavaScript,
    Length,
    Less,
    LessOrEqual,
    Not,
    NotEqual,
    Or,
    Print,
    PrintFormat,
    PrintLine,
    Slice,
    UrlQuery,
}

impl Function {
    const NAMES: [(&'static str, Self); 19] = [
        ("and", Self::And),
        ("call", Self::Call),
        ("eq", Self::Equal),
        ("ge", Self::GreaterOrEqual),
        ("gt", Self::Greater),
        ("html", Self::Html),
        ("index", Self::Index),
        ("js", Self::JavaScript),
        ("le", Self::LessOrEqual),
        ("len", Self::Length),
        ("lt", Self::Less),
        ("ne", Self::NotEqual),
        ("not", Self::Not),
        ("or", Self::Or),
        ("print", Self::Print),
        ("printf", Self::PrintFormat),
        ("println", Self::PrintLine),
        ("slice", Self::Slice),
        ("urlquery", Self::UrlQuery),
    ];

    /// The function of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    /// How few and how many arguments it takes.
    pub const fn arguments(self) -> (usize, usize) {
        match self {
            Self::Length | Self::Not => (1, 1),
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual | Self::NotEqual => (2, 2),
            Self::And | Self::Or | Self::Equal | Self::Index | Self::Slice | Self::PrintFormat | Self::Call => {
                (1, usize::MAX)
            }
            Self::Print | Self::PrintLine | Self::Html | Self::JavaScript | Self::UrlQuery => (0, usize::MAX),
        }
    }
}
