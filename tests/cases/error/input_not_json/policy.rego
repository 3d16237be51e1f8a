package app

allow if input.role == "admin"
