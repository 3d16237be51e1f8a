package app

allowed if "admin" in data.users[input.user].roles
