package app.nested

deep := 1
