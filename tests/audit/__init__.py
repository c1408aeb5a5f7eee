"""The auditor against hand-computed values, at and above every limit, and against the enumerator."""
