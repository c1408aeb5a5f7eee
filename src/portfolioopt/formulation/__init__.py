"""The algebra: networks and limits as finished linear rows, and the Pyomo model that is made of them."""
