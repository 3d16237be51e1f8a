package app

allow if input.role == "admin"

tier := "a" if input.level > 1

tier := "b" if input.level > 2
