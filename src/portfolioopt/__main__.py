"""`python -m portfolioopt`."""

from portfolioopt.command import main

main()
