#!/usr/bin/env bash
# Rotates log files by number: FILE -> FILE.1 -> FILE.2 ...
set -u

echo "rotate.sh: not written yet" >&2
exit 1
