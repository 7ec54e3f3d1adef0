"""Exception classes of the standard library that cross by name, and how their instances are made again."""

import importlib

# Modules whose exceptions are the same in both processes. Nothing else can be named.
ERROR_MODULES = frozenset((
    "builtins", "json.decoder", "decimal", "sqlite3", "dataclasses", "struct", "binascii", "zoneinfo._common", "re", "sre_constants", "queue", "_queue",
    "configparser", "_csv", "concurrent.futures._base", "asyncio.exceptions", "asyncio.queues", "subprocess", "statistics", "graphlib", "tomllib", "argparse",
    "ipaddress", "email.errors", "zipfile", "tarfile", "shutil", "socket", "threading", "zlib", "_pickle", "copy", "calendar", "string", "ast", "urllib.error",
    "http.client", "xml.parsers.expat", "pyexpat", "enum", "uuid", "locale", "getopt", "io", "_lzma", "inspect", "tokenize", "contextvars",
))
MAX_ARGUMENTS = 1000


def error_name(kind):
    """Returns [module, name] of an exception class that both processes have, or None."""
    module = kind.__module__
    if module not in ERROR_MODULES or kind.__qualname__ != kind.__name__:
        return None
    return [module, kind.__name__] if getattr(importlib.import_module(module), kind.__name__, None) is kind else None


def error_type(module, name):
    """Finds an exception class of the standard library by name. Raises ValueError for every other name."""
    if type(module) is not str or type(name) is not str or module not in ERROR_MODULES:
        raise ValueError("no exception that both processes have")
    found = vars(importlib.import_module(module)).get(name)
    if not (isinstance(found, type) and type(found) is type and issubclass(found, BaseException)):
        raise ValueError("no exception that both processes have")
    return found


def make_error(kind, native, args):
    """Makes an exception as `raise kind(*args)` would, without calling code of the solution. `native` tells that the class is the standard library's."""
    if native:
        try:
            made = kind(*args)
        except Exception:
            made = kind.__new__(kind, *args)
    else:
        made = new_of_own(kind, args)
    try:
        BaseException.__setattr__(made, "args", tuple(args))
    except (TypeError, AttributeError):
        pass
    return made


def new_of_own(kind, args):
    try:
        return kind.__new__(kind, *args)
    except Exception:
        return kind.__new__(kind)


def args_of(error):
    """Returns the arguments that make an exception again; those of a group in a form that cannot change."""
    return (error.message, tuple(error.exceptions)) if isinstance(error, BaseExceptionGroup) else error.args


def may_set(error, name):
    """Tells whether an attribute that the solution gave one of its errors may be set on the copy: a public name that the class does not know."""
    if type(name) is not str or not name.isidentifier() or name.startswith("_"):
        return False
    return name in NATIVE_FIELDS or not hasattr(type(error), name)


# Fields of standard exceptions that their constructors set from what args does not hold.
NATIVE_FIELDS = frozenset((
    "errno", "strerror", "filename", "filename2", "code", "value", "name", "path", "msg", "lineno", "offset", "text", "end_lineno", "end_offset",
))


def fields_of(error):
    """Returns the public attributes of an exception that its args do not tell."""
    found = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    for name in NATIVE_FIELDS:
        if isinstance(error, (ImportError, SyntaxError, NameError, AttributeError, OSError)) and getattr(error, name, None) is not None:
            found[name] = getattr(error, name)
    return found
