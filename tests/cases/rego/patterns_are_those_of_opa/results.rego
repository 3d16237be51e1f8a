package app

# A call of a builtin may write its result as a last argument.
results := [first, found, valid] if {
	regex.split(`\s*,\s*`, "a , b", [first, _])
	regex.find_n(`\d`, "a1", -1, found)
	regex.is_valid(`\d`, valid)
}
