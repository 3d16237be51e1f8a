package app

default allow := false

allow if input.role == "admin"

default rank(_) := -1

rank("admin") := 2

ranks := {role: rank(role) | some role in ["admin", "stranger"]}
