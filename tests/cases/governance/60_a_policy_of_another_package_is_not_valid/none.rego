deny contains "no" if true
