package app

ratio := 1 / input.of
