"""Progressive hedging across the processes of a cluster, by mpi-sppy: for scenario sets that outgrow a machine."""
