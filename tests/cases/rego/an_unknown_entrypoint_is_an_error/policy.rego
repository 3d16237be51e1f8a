package app

allow if input.role == "admin"

rank(role) := 1 if role == "admin"
