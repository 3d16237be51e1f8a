package app

allow if input.role == "admin"

roles := {"reader", "admin"}

table := {"reader": [1]}

rank(role) := 1 if role in roles
