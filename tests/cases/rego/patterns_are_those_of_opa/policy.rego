package app

# One entry for each pattern: the texts that it matches, or "undefined" where it gives no answer.
matched[pattern] := [text | some text in texts; regex.match(pattern, text)] if {
	some pattern in patterns
	defined(pattern)
}

matched[pattern] := "undefined" if {
	some pattern in patterns
	not defined(pattern)
}

defined(pattern) if regex.match(pattern, "") in {true, false}

texts := ["7", "\u0667", "_", "z", "Z", "é", "É", "λ", "Λ", "\t", "\u000b", "\u00a0", "]", "-", "&", "\n", "\u212a"]

patterns := [
	`^\d$`, `^\D$`, `^\w$`, `^\W$`, `^\s$`, `^\S$`, `^[^\d\s]$`, `^[\w-]$`, `\b`, `^\B$`, `\Bz|z\B`,
	`^[[:alpha:]]$`, `^[[:^alpha:]]$`, `^[[:space:]]$`, `^[[:word:]&]$`,
	`(?i)^z$`, `(?i)^é$`, `(?i)^[a-z]$`, `(?i)^\w$`, `(?i)^Λ$`, `^(?i:k)$`, `(?i)^[[:upper:]]$`,
	`^\pL$`, `^\p{L}$`, `^\p{Lu}$`, `^\P{L}$`, `^\p{Greek}$`, `^\p{^Greek}$`, `^[\p{Nd}_]$`, `(?i)^\p{Lu}$`,
	`^\x{e9}$`, `^\x7a$`, `^.$`, `(?s)^.$`, `(?m)^$`, `^\Q]\E$`, `^[]]$`, `^[^]]$`, `^[[&&z]$`, `^[+--]$`, `^\07$`, `^z{,1}$`,
	`^\<$`, `(?x)z`, `(?=z)`, `^z**$`, `\p{Klingon}`, `[z-a]`, `(z`, `z)`, `[[:klingon:]]`, `\Z`,
]

valid[pattern] := regex.is_valid(pattern) if some pattern in patterns

found := {
	"digits": regex.find_n(`\d+`, "a1 b22 c333", -1),
	"words": regex.find_n(`(?i)\bb\w*`, "abc Bcd ébc", -1),
	"groups": regex.find_all_string_submatch_n(`(\w+)=(\p{L}+)`, "a=é, b_1=zz", -1),
	"split": regex.split(`\s*,\s*`, "a , b,c"),
	"split_into_characters": regex.split(``, "abc"),
	"split_of_nothing": regex.split(`,`, ""),
	"replaced": regex.replace("12-ab-34", `(\d)(\d)`, "$2$1"),
	"template": regex.template_match(`urn:{\d+}:{[[:alpha:]]+}`, "urn:12:ab", "{", "}"),
	"glob": glob.match("a.*.c", ["."], "a.bb.c"),
	"glob_class": glob.match("[a-c]é?", null, "béx"),
}

# A rule that must fire: what it looks for stands in the text.
deny contains "a number stands in the name" if regex.match(`^\d+$`, input.name)

deny contains "it is secret" if regex.match(`(?i)\bgeheim(nis)?\b|\p{Cyrillic}`, input.text)
