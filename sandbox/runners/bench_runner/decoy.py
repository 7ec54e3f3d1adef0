"""Detects forged equality: an object that claims to equal the expected value must not equal a random decoy as well."""

import random
import unittest
import unittest.mock

MAX_WALKED = 20_000
PLAIN = (int, str, bool, float, bytes, complex, type(None))


class Forged(AssertionError):
    """Raised for a value that claims to equal something it cannot know."""


draw = random.SystemRandom()


def decoys_for(value):
    """Makes values of the same type as `value` that an honest object cannot equal."""
    noise = draw.getrandbits(80)
    if type(value) is str:
        return (f"decoy {noise:x}",)
    if type(value) is bool:
        return (not value,)
    if type(value) is int:
        return (noise + (1 << 81),)
    if type(value) is float:
        return (float(noise),)
    if type(value) is list:
        return ([object()],)
    if type(value) is tuple:
        return ((object(),),)
    if type(value) is dict:
        return ({f"decoy {noise:x}": object()},)
    return (object(), f"decoy {noise:x}", noise)


def equals_decoy(suspect, partner):
    """Tells whether an object of the solution equals a random value."""
    for decoy in decoys_for(partner):
        try:
            verdicts = (suspect == decoy, decoy == suspect)
        except Exception:
            continue
        if any(verdict is True for verdict in verdicts):
            return True
    return False


TEST_ANY = type(unittest.mock.ANY)()


def own_any(value):
    """Gives a test file its own `unittest.mock.ANY`, so that one made by the solution is a different object."""
    return TEST_ANY if value is unittest.mock.ANY else value


def is_exempt(value):
    return type(value) in PLAIN or value is TEST_ANY


def require_honest(left, right):
    """Raises Forged when two values are equal only because one of them equals everything."""
    pending = [(left, right)]
    walked = 0
    while pending and walked < MAX_WALKED:
        walked += 1
        one, other = pending.pop()
        if one is other or (is_exempt(one) and is_exempt(other)):
            continue
        if type(one) is type(other) and type(one) in (list, tuple) and len(one) == len(other):
            pending.extend(zip(one, other))
            continue
        if type(one) is dict and type(other) is dict:
            pending.extend((value, other[key]) for key, value in one.items() if key in other)
            continue
        for suspect, partner in ((one, other), (other, one)):
            if type(suspect) in (list, tuple, dict) or is_exempt(suspect) or partner is TEST_ANY:
                continue
            if equals_decoy(suspect, partner):
                raise Forged(f"a value of type {type(suspect).__name__} equals anything it is compared with")


last_compared = []


def checked_equal(left, right):
    result = left == right
    last_compared[:] = (left, right)
    if result is True:
        require_honest(left, right)
    return result


def explain():
    try:
        left, right = last_compared
        return f"{repr(left)[:500]} == {repr(right)[:500]}"
    except BaseException as error:
        return f"operands that cannot be shown ({type(error).__name__})"


def check_unittest_equality():
    """Adds the check to the assert methods of unittest."""
    for name in ("assertEqual", "assertListEqual", "assertTupleEqual", "assertDictEqual", "assertSequenceEqual", "assertMultiLineEqual",
                 "assertAlmostEqual", "assertCountEqual"):
        setattr(unittest.TestCase, name, checked_method(getattr(unittest.TestCase, name)))

    contains = unittest.TestCase.assertIn

    def assert_in(self, member, container, msg=None):
        contains(self, member, container, msg)
        require_honest(member, draw.getrandbits(80))

    unittest.TestCase.assertIn = assert_in


def checked_method(method):
    def checked(self, first, second, *rest, **named):
        method(self, first, second, *rest, **named)
        require_honest(first, second)

    checked.__name__ = method.__name__
    return checked
