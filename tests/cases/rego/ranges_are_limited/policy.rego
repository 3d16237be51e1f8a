package app

range := numbers.range(1, input.to)

total := count(numbers.range(1, input.to))

steps := numbers.range_step(0, input.to, 2)
