package app

default allow := false

allow if input.role == "admin"

limit := data.limits[input.role]

name := upper(input.role)

probes := {
	"as_is": allow,
	"as_admin": as_admin,
	"again": allow,
	"limit": raised,
	"limit_after": limit,
	"mocked": mocked,
	"real": name,
}

as_admin := x if x := allow with input.role as "admin"

raised := x if x := limit with data.limits as {"reader": 5}

mocked := x if x := name with upper as loud

loud(_) := "mocked"
