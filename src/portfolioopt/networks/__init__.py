"""Facts as arrays: the scenario tree, every partnership's possible lives, and what flows along them."""
