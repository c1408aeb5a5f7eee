"""Valid inequalities: rows that every plan keeps and the LP relaxation does not, so that its bound comes down."""
