"""Says again, in the process of the tests, what the solution printed, logged and warned of during a call."""

import logging
import sys
import warnings

from bench_boundary.atoms import Invalid, of
from bench_boundary.channel import Gone

MAX_LOGGER_NAME = 200
LEVELS = range(1000)


def replay(outputs, reading):
    """Replays what the solution put out, in its order. Raises Gone for anything that is not in the grammar."""
    try:
        for each in of(list, outputs):
            kind, *parts = of(list, each)
            REPLAYS[of(str, kind)](parts, reading)
    except (Invalid, KeyError, TypeError):
        raise Gone("the solution's process sent an invalid output") from None


def replay_out(parts, reading):
    write(sys.stdout, *parts)


def replay_err(parts, reading):
    write(sys.stderr, *parts)


def write(stream, text):
    of(str, text)
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(text.encode("utf-8", "backslashreplace").decode())
    except (ValueError, AttributeError):
        pass


def replay_log(parts, reading):
    name, level, message, path, line, function, error = parts
    if of(int, level) not in LEVELS or not 0 < len(of(str, name)) <= MAX_LOGGER_NAME:
        raise Invalid("a record of another form")
    logger = logging.getLogger(None if name == "root" else name)
    if logger.isEnabledFor(level):
        record = logger.makeRecord(name, level, of(str, path), of(int, line), of(str, message), (), None, of(str, function))
        record.exc_text = None if error is None else of(str, error)
        logger.handle(record)


def replay_warning(parts, reading):
    category, message, path, line = parts
    category = reading.slot(category)
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise Invalid("a warning of another form")
    # A class of the solution's is only a stand-in here, whose objects would ask the other process: the base makes one with its arguments, and asks nobody.
    warning = category(of(str, message)) if type(category) is type else BaseException.__new__(category, of(str, message))
    warnings.warn_explicit(warning, category, of(str, path), of(int, line))


REPLAYS = {"out": replay_out, "err": replay_err, "log": replay_log, "warn": replay_warning}
