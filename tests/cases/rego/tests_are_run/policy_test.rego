package app_test

import data.app

test_admin_may if {
	print("asking for", "ada")
	app.allow with input as {"role": "admin"}
}

test_reader_may if app.allow with input as {"role": "reader"}

test_number := 7

test_two_values if app.tier with input as {"level": 3}

todo_test_owner if app.allow with input as {"role": "owner"}
