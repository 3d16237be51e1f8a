package app

words := ["word" | numbers.range(1, input.times)[_]]
