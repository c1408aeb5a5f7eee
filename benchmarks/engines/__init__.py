"""One module for each engine. Each imports its solver only when it works: one process holds one engine, OR-Tools
brings a HiGHS of its own that cannot stand beside another, and what is not installed is reported, not raised."""
