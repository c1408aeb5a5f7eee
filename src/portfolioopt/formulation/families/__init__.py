"""One module per limit family: the rows and columns it writes, with the algebra in its docstring.

The same names stand in `language.families` and `audit.families`. Each has `write(draft)`.
"""
