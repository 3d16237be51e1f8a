package app

import data.lib.text

quiet := text.whisper(input.words)

default allow := false

default allow := true
