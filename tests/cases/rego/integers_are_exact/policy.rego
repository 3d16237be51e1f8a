package app

read := [input.odd, input.long, -9007199254740993, input.safe]

compared if {
	input.odd != 9007199254740992
	input.odd > 9007199254740992
	input.long < input.long + 1
}

sum := [input.odd + 1, input.long + 1]

text := [format_int(input.odd, 10), sprintf("%d", [input.long])]

product := input.long * input.long
