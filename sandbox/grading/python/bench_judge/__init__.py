"""The side of the tests: a pytest plugin that reports results, and with isolation brings in the solution's modules from their own process."""
