"""Starts the supervisor. Nothing else stands here: the file that Python is given to run is compiled anew each time, what it imports is not."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from bench_runner.supervise import main  # noqa: E402

status = main()
sys.stderr.flush()
# Tidying up costs milliseconds, and all that there was to write is written.
os._exit(status)
