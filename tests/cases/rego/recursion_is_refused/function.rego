package app

count_down := down(input.from)

down(n) := step(n - 1) if n > 0

step(n) := down(n)
