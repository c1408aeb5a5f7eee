"""From a formulation to decisions: hand-over to HiGHS, prices, the search for good plans, and its verification."""
