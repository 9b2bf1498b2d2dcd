"""The document of a run, as DESIGN section 9 has it: numbers are fractions, dates ISO, what is undefined is null.

`whole.document` puts it together; each other file tells one part of it: `settings`, `strategies` (with their `cards`),
`episodes` (drawdowns, joint sell-offs, crises) and their `kinds`, `attribution`, `dependence`. `values` turns what
Python holds into what JSON can.
"""
