package app

pairs := count([1 | some a in numbers.range(1, input.n); some b in numbers.range(1, input.n); a == b])

words := ["12345" | numbers.range(1, input.n)[_]]
