"""The language as tables: which part stands where, and the rows of an instance."""
