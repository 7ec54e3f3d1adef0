"""Follows what the tests change around the solution."""

import builtins
import importlib
import logging
import os
import sys


class Surroundings:
    """Sets the working folder, variables, replaced functions and log levels as the tests have them."""

    def __init__(self, peer):
        self.peer = peer
        self.originals = {}
        self.input = builtins.input

    def follow(self, extra, reading):
        folder, variables, functions, levels, self.peer.loops.current = extra
        if folder is not None:
            self.enter(folder)
        for name, value in pairs(variables or ()):
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for start in range(0, len(functions or ()), 4):
            self.replace(functions[start : start + 4], reading)
        for name, level in pairs(levels or ()):
            logging.getLogger(None if name == "root" else name).setLevel(level)

    def enter(self, folder):
        try:
            os.chdir(folder)
        except OSError:
            os.chdir(self.peer.workspace)

    def replace(self, change, reading):
        module, name, is_replaced, value = change
        owner = owner_of(module)
        if (module, name) == ("random", "seed"):
            return owner.seed(*reading.slot(value))
        self.originals.setdefault((module, name), vars(owner).get(name))
        value = reading.slot(value) if is_replaced else self.originals[module, name]
        if is_replaced and isinstance(self.originals[module, name], (classmethod, staticmethod)):
            value = staticmethod(value)
        if (module, name) == ("sys", "argv"):
            sys.argv[:] = value
        else:
            setattr(owner, name, value)


def owner_of(name):
    """Loads a module, or finds a class in one, by name."""
    if name == "pathlib.Path":
        return importlib.import_module("pathlib").Path
    return importlib.import_module(name)


def pairs(values):
    return zip(values[::2], values[1::2])
