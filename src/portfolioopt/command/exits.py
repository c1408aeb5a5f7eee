"""Exit codes: how a command ends, for the shell that called it."""

OK = 0
FAULT = 1
"""Our fault."""
USAGE = 2
INVALID = 3
"""The input cannot be used."""
INFEASIBLE = 4
"""No plan keeps the limits."""
NO_PLAN = 5
"""Stopped before a plan was found."""
INTERRUPTED = 130
