package app

import data.lib.text

loud := text.shout(input.words)
