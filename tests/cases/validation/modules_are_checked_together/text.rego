package lib.text

shout(words) := sprintf("%s!", [upper(words)])
