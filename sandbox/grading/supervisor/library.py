"""Calls of the C library that the module os lacks."""

import os

try:
    # The C parts of ctypes: its own imports take as long as a short test.
    from _ctypes import _SimpleCData, addressof, call_function, dlopen, dlsym
except ImportError:
    import ctypes
    from ctypes import addressof, c_char

    library = ctypes.CDLL(None)
    prctl, syscall = library.prctl, library.syscall
else:

    class c_char(_SimpleCData):
        _type_ = "c"

    PRCTL, SYSCALL = (dlsym(dlopen(None, os.RTLD_NOW), name) for name in ("prctl", "syscall"))

    def prctl(*arguments):
        """Changes what the kernel lets this process do; arguments are small numbers, or bytes to be pointed to."""
        return call_function(PRCTL, arguments)

    def syscall(*arguments):
        """Calls the kernel by number; arguments are small numbers, or bytes to be pointed to."""
        return call_function(SYSCALL, arguments)


class Placed:
    """Bytes in memory at a fixed address, valid as long as this object lives."""

    def __init__(self, content):
        self.block = (c_char * len(content)).from_buffer_copy(content)
        self.address = addressof(self.block)

    def __len__(self):
        return len(self.block)
