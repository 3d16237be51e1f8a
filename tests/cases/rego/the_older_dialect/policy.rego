package app

blocked = {"eve", "mallory"}

denied[message] {
	some i
	user := input.users[i]
	blocked[user]
	message := sprintf("%s is blocked", [user])
}

grade = "good" {
	input.points > 50
} else = "poor" {
	input.points >= 0
}

first = user {
	user := input.users[0]
}
