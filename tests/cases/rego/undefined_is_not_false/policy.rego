package app

undefined_rule if input.absent.field == 1

false_rule := false

null_rule := null

not_undefined if not undefined_rule

not_false if not false_rule
