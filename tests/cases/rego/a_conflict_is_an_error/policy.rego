package app

tier := "gold" if input.spend > 100

tier := "silver" if input.spend > 10

labels[key] := value if {
	some pair in input.pairs
	key := pair[0]
	value := pair[1]
}
