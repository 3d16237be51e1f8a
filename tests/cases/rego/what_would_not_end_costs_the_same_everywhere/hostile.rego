package hostile

n(count) := numbers.range(1, count)

ones := [1 | some _ in n(20000)]

letters := concat("", ["a" | some _ in n(20000)])

# Twice as much for each level.
s0 := [letters]

s1 := [s0, s0]

s2 := [s1, s1]

s3 := [s2, s2]

s4 := [s3, s3]

s5 := [s4, s4]

s6 := [s5, s5]

s7 := [s6, s6]

s8 := [s7, s7]

s9 := [s8, s8]

s10 := [s9, s9]

s11 := [s10, s10]

s12 := [s11, s11]

cross_product := count([1 | some a in n(100000); some b in n(100000); a == b])

universal if every a in n(4000) { every b in n(4000) { a + b > 0 } }

negated if not cross_product == 0

defaulted := x if x := object.get({"a": cross_product}, "a", 0)

half_of_a_rule := "yes" if cross_product >= 0

else := "no"

replaced := count([y | some x in n(50000); y := input.a with input.a as x])

functions := count([y | some x in n(200000); y := twice(x)])

twice(x) := 2 * x

elements := count([1 | some x in n(50000); seen[x]])

seen contains x if some x in n(1000)

collected := count({k: v | some k in n(200000); v := {k}})

range := count(n(1000000000))

texts := count(json.marshal(s12))

compared := s12 == s11

sorted := sort([concat("", [letters, x]) | some i in n(300); x := sprintf("%d", [300 - i])])

printed := count(sprintf("%v", [s12]))

width := sprintf("%1000000000d", [1])

arguments := count(sprintf(concat("", ["%[1]s" | some _ in n(20000)]), [letters]))

replacements := count(replace(letters, "a", letters))

trimmed := trim(letters, letters)

product_of_all := product(n(1000000))

squares := count(format_int(x9, 10)) if {
	x0 := 123456789
	x1 := x0 * x0
	x2 := x1 * x1
	x3 := x2 * x2
	x4 := x3 * x3
	x5 := x4 * x4
	x6 := x5 * x5
	x7 := x6 * x6
	x8 := x7 * x7
	x9 := x8 * x8
}

shifted := bits.lsh(1, 4000000000)

pattern := regex.match("(a?){300}b", letters)

pattern_of_patterns := regex.is_valid(concat("", ["(a" | some _ in n(20000)]))

wildcards := glob.match(concat("", ["*a" | some _ in n(20000)]), ["."], letters)

globs := regex.globs_match(concat("", ["a*b+" | some _ in n(3000)]), concat("", ["a*b+" | some _ in n(3000)]))

found := count(regex.find_n(".*b|a", letters, -1))

addresses := count(net.cidr_expand("::/0"))

merged := count(net.cidr_merge([sprintf("10.%d.%d.0/24", [i % 256, i % 251]) | some i in n(20000)]))

paths := count(graph.reachable_paths({i: n(60) | some i in n(60)}, [1]))

walked := count([1 | walk(s12)])

patched := count(json.patch({"a": ones}, [{"op": "copy", "from": "/a", "path": sprintf("/b%d", [i])} | some i in n(2000)]))

filtered := count(json.filter({"a": ones}, [sprintf("a/%d", [i]) | some i in n(20000)]))

united := count(object.union_n([{sprintf("%d", [i % 100]): i} | some i in n(50000)]))

subset := object.subset(array.concat(ones, [2]), array.concat(ones, [3]))

encoded := count(urlquery.encode(letters))

aliases := yaml.unmarshal(concat("\n", array.concat(["a0: &a0 [x]"], [line |
	some i in n(40)
	line := sprintf("a%d: &a%d [*a%d, *a%d, *a%d]", [i, i, i - 1, i - 1, i - 1])
])))

nested_yaml := yaml.unmarshal(concat("", ["[" | some _ in n(20000)]))

nested_json := json.unmarshal(concat("", ["[" | some _ in n(20000)]))

long_number := json.unmarshal(concat("", ["1" | some _ in n(20000)]))

huge_exponent := json.unmarshal("1e1000000000")

zones := count([1 | some i in n(1000000); time.clock([i, "America/New_York"])])

versions := count([1 | some i in n(200000); semver.compare("1.0.0-a.b.c", "1.0.0-a.b.d") < 0])

chosen := count([x | some i in n(200000); x := rand.intn(sprintf("%d", [i]), 1000)])

bad if s12 != s12

answer := [letters | some _ in n(1000)]
