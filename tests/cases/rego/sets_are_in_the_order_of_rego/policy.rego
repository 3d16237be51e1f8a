package app

mixed := {"a", "B", "ä", true, null, false, 10, 2, -1, [2], [1, 2], {"a": 1}}

numbers := {10, 1, 100, 1, 2, 0.5, -5, 10}

words := {"b", "a", "Z", "aa", "", "A", "a"}
