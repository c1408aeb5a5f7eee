"""From cells back to an instance, and from its faults to the cells."""
