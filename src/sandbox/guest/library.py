"""Calls of the C library that the module os lacks."""
import os

try:
    # The C parts of ctypes: its own imports take as long as a short command.
    from _ctypes import _SimpleCData, addressof, call_function, dlopen, dlsym
except ImportError:
    import ctypes
    from ctypes import addressof, c_char

    _call = ctypes.CDLL(None).prctl
else:

    class c_char(_SimpleCData):
        _type_ = "c"

    _address = dlsym(dlopen(None, os.RTLD_NOW), "prctl")

    def _call(*arguments):
        return call_function(_address, arguments)


def prctl(option, *arguments):
    """Calls prctl, which changes what the kernel lets this process do; arguments are small numbers or addresses."""
    return _call(option, *arguments, *[0] * (4 - len(arguments)))


class Placed:
    """Bytes in memory at a fixed address, valid as long as this object lives."""

    def __init__(self, content):
        self._block = (c_char * len(content)).from_buffer_copy(content)
        self.address = addressof(self._block)
