"""The side of the solution. Nothing here is trusted by the tests: it only makes the solution's process behave as that of the tests would."""
