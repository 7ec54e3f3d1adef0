"""The data boundary between the process of the tests and the process of the solution."""
