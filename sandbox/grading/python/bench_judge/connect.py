"""Connects the process of the tests with that of the solution."""

import os
import sys

from bench_boundary.channel import Channel
from bench_judge import finder
from bench_judge.connection import JudgePeer
from bench_judge.paths import Paths
from bench_judge.shapes import Shapes
from bench_judge.surroundings import Surroundings


def connect(pipes, judge):
    """Opens the boundary over four pipes and installs the finder; returns the judge's end, what it tells of surroundings, and the shapes."""
    temporary = os.environ.get("TMPDIR", "/tmp")
    shapes = Shapes(judge.get("shapes"))
    paths = Paths(judge["root"], judge["workspace"], temporary)
    surroundings = Surroundings(paths, shapes)
    channels = Channel(pipes["in"], pipes["out"]), Channel(pipes["hear"], pipes["ring"])
    for each in channels:
        each.watch = paths.watch
    sys.addaudithook(paths.opening)
    peer = JudgePeer(*channels, surroundings, shapes)
    finder.install(peer, judge)
    program = shim_of("python3")
    if program is not None:
        sys.executable = program
    return peer, surroundings, shapes


def shim_of(name):
    """Returns the stand-in for a program that starts files of the workspace as the solution, if the path has one."""
    first = os.environ.get("PATH", "").partition(os.pathsep)[0]
    path = os.path.join(first, name)
    return path if first not in ("/usr/bin", "/usr/local/bin", "/bin") and os.access(path, os.X_OK) else None
