"""Facts (instance) and choices (model): the language that planners write, read strictly and kept as written."""
