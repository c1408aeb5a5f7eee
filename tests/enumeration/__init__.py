"""An independent enumerator of every plan, and generators of small instances: for tests only."""
