//! Policies of any length, such as an author has open in an editor: rules, functions, comments. In them nothing is wrong.

use regate::rego::Module;
use std::fmt::Write;

/// Far enough below the limit of one module, 1 MiB.
const LINES_OF_A_MODULE: usize = 20_000;

/// Modules that have so many lines together: one, where they are not too many for one.
pub fn policies(lines: usize) -> Vec<Module> {
    let mut modules = Vec::new();
    let mut left = lines;
    while left > 0 {
        let here = left.min(LINES_OF_A_MODULE);
        let at = modules.len();
        modules.push(Module { path: format!("editor{at}.rego"), source: policy(at, here) });
        left -= here;
    }
    modules
}

/// One module, with comments at its end where no further rule fits in.
fn policy(at: usize, lines: usize) -> String {
    let mut text = format!("package editor{at}\n\nimport rego.v1\n\ndefault allow := false\n");
    let mut written = 5;
    for kind in 0.. {
        let rules = rules(kind);
        for rule in rules {
            let rows = rule.lines().count();
            if written + rows > lines {
                (written..lines).for_each(|_| text.push_str("# A line for itself.\n"));
                return text;
            }
            text.push_str(&rule);
            written += rows;
        }
    }
    text
}

/// Functions and then the rule that calls them, so that a module may end behind each of them.
fn rules(kind: usize) -> [String; 3] {
    let mut prefix = String::new();
    let _ = write!(prefix, "\nis_of_group_{kind}(label) if startswith(label, \"group{kind}/\")\n");
    let mut old = String::new();
    let _ = write!(
        old,
        "\nis_of_group_{kind}(label) if {{\n\tparts := split(label, \"/\")\n\tparts[count(parts) - 1] == \"old-group{kind}\"\n}}\n"
    );
    let mut deny = String::new();
    let _ = write!(
        deny,
        "\n# Things of the kind {kind} must not be too heavy.\ndeny contains msg if {{\n\tsome position, thing in input.things\n\t\
         thing.kind == \"kind{kind}\"\n\tthing.weight > {}\n\tnot thing.waived\n\tis_of_group_{kind}(thing.label)\n\t\
         msg := sprintf(\"thing %d: %s is too heavy\", [position, thing.label])\n}}\n",
        kind * 5 + 1
    );
    [prefix, old, deny]
}
