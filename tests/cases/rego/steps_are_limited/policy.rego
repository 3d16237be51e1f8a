package app

pairs contains [a, b] if {
	some a in input.numbers
	some b in input.numbers
	a < b
}

small := count(input.numbers)
