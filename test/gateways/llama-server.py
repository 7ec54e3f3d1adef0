"""Starts llama-cpp-python's server on libraries that were built for another package: llama-server.py LIBRARIES ARGUMENTS...

The Python code of the package names functions that its own, newer build has and these libraries lack; none of them is needed to answer. Without this the
first of them ends the import.
"""

import ctypes
import os
import runpy
import sys

FAMILIES = ("llama_", "ggml_", "mtmd_")


def missing(name):
    """Makes what stands for a function that the libraries lack."""

    def fail(*_):
        raise RuntimeError(f"these libraries have no {name}")

    return ctypes.CFUNCTYPE(None)(fail)


def main():
    """Loads the libraries and their processor backends, then runs the server."""
    libraries = sys.argv[1]
    find = ctypes.CDLL.__getattr__

    def find_or_stand_in(library, name):
        try:
            return find(library, name)
        except AttributeError:
            if not name.startswith(FAMILIES):
                raise
            return missing(name)

    ctypes.CDLL.__getattr__ = find_or_stand_in
    ggml = ctypes.CDLL(os.path.join(libraries, "libggml.so"), mode=ctypes.RTLD_GLOBAL)
    load_all = ggml.ggml_backend_load_all_from_path
    load_all.argtypes, load_all.restype = [ctypes.c_char_p], None
    load_all(libraries.encode())
    sys.argv = ["llama_cpp.server", *sys.argv[2:]]
    runpy.run_module("llama_cpp.server", run_name="__main__")


main()
