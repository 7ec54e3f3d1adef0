"""Starts the supervisor. Nothing else is in this file, since Python compiles its main file on every start, but not the modules it imports."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from supervisor.main import main

main()
# Cleaning up takes milliseconds, and everything has been written.
os._exit(0)
