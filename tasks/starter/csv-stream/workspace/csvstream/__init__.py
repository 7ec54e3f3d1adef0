"""CSV in many dialects, read piece by piece."""
