package app

number := to_number(input.text)

ratio := 1 / input.zero

default is_number := false

is_number if number

safe if not ratio
