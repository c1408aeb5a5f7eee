"""Problems stated in the files of neighbouring tools, as instances."""
