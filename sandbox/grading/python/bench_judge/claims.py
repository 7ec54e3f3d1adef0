"""
What a solution may claim only where the reference did, since tests rest on it: that an object equals plain data, and that a failed assertion did
not fail.
"""

import types

from _pytest.outcomes import Failed
from bench_boundary.atoms import JSON_SCALARS
from bench_boundary.specials import SHOWN
from bench_judge import guard
from bench_judge.contents import Contents
from bench_judge.shapes import NotData

# What a comparison answers that holds.
COMPARISONS = {"__eq__": True, "__ne__": False, "__lt__": True, "__le__": True, "__gt__": True, "__ge__": True}


class Claims:
    """Looks at answers of the solution, and at what it does with functions of the tests."""

    def __init__(self, peer, shapes):
        self.peer, self.shapes = peer, shapes
        # Objects that came by a way by which only data came from the reference; they are refused when a test uses them.
        self.suspects = {}
        # Exits of asynchronous contexts that were given a failed assertion, by the awaitable that tells how they ended.
        self.leaving = {}

    def arrived(self, places, values):
        """Notes what the solution put where no result is: into arguments of a function of the tests, into their containers, or into an error."""
        found = Contents(self.peer, *values)
        is_data = self.shapes.note(places, found.own)
        if is_data:
            self.shapes.strict.update(id(each) for each in found.based)
        for each in found.objects:
            if is_data and not any(each is one for one in found.based):
                self.suspects[id(each)] = places[0]
            self.shapes.name(each, [place if any(each is one for one in values) else f"{place}[]" for place in places], None)

    def asked(self, do, on, name):
        """Raises NotData where a test uses an object in the place of data; to show it is no use."""
        if id(on) in self.suspects and not (do == "special" and name in SHOWN):
            raise NotData(f"{self.suspects[id(on)]} is an object of its own where plain data was expected")

    def answered(self, on, name, args, value):
        """Checks the answer of an object of the solution's own to a special method. Raises NotData where the reference shows that it cannot be."""
        if name in COMPARISONS and args and value is not NotImplemented and not Contents(self.peer, args[0]).own:
            may = self.allow(on, " equals data")
            if not may and (type(value) not in JSON_SCALARS or bool(value) is COMPARISONS[name]):
                raise NotData(f"{self.place(on)} is an object of its own where plain data was expected")
        elif name == "__aexit__" and self.is_failure(args[1:2]):
            self.leaving[id(value)] = on
        elif name == "__exit__" and self.is_failure(args[1:2]) and value:
            self.swallowed(on)

    def gave_broad(self, places, kinds):
        """
        Checks the classes that a solution gives: with some of them, `except` and `isinstance` take everything. Raises NotData where the reference gave
        none.
        """
        for kind in kinds:
            if not self.shapes.allow([f"{place} is {kind}" for place in places]):
                raise NotData(f"{places[0]} is {kind}, which takes failures of the tests as well")

    def settled(self, awaitable, value):
        """Checks how an awaitable of the solution ended."""
        on = self.leaving.pop(id(awaitable), None)
        if on is not None and value:
            self.swallowed(on)

    def swallowed(self, on):
        if not self.allow(on, " swallows assertions"):
            raise NotData(f"the context of {self.place(on)} kept a failed assertion from the test")

    def failed_inside(self, on, name, error):
        """
        Notes that a function of the tests failed when the solution called it; returns whether this is the test's failure, whatever the solution makes
        of it.
        """
        return self.is_failure([error]) and not self.shapes.allow([f"{label_of(on, name)} fails"])

    def is_failure(self, errors):
        """Tells whether an error is the failure of an assertion of the tests."""
        return any(isinstance(each, (AssertionError, Failed)) and id(each) not in self.peer.their_numbers for each in errors)

    def allow(self, on, claim):
        return self.shapes.allow([f"{each}{claim}" for each in self.shapes.places_of(on)])

    def place(self, on):
        return self.shapes.places_of(on)[0]


def label_of(on, name):
    """Names a function or method of the tests, the same however the solution came to call it."""
    step = "" if name in (None, "__call__") else f".{name}"
    if guard.is_mock(on):
        return f"{on._extract_mock_name()}{step}"
    if isinstance(on, guard.OwnMethod):
        return f"{type(on.on).__qualname__}.{on.name}"
    if isinstance(on, types.MethodType):
        return f"{type(on.__self__).__qualname__}.{on.__func__.__name__}"
    if isinstance(on, (types.FunctionType, types.BuiltinFunctionType, type)):
        return f"{on.__qualname__}{step}"
    return f"{type(on).__qualname__}{step}"


def parameters(on, name, args, named):
    """Pairs each argument with the name of its parameter, or its position."""
    if isinstance(on, guard.OwnMethod):
        on, name = on.on, on.name
    function = next((vars(each)[name] for each in type(on).__mro__ if name in vars(each)), None) if name else on
    code = code_of(function)
    skipped = 1 if isinstance(on, types.MethodType) or name else 0
    names = () if code is None else code.co_varnames[skipped : code.co_argcount]
    known = () if code is None else code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    positional = [(names[at] if at < len(names) else ("*" if names or code else at), each) for at, each in enumerate(args)]
    return [*positional, *((key if key in known or code is None else "**", each) for key, each in named.items())]


def code_of(function):
    """Returns the code of a function of Python, None for anything else, whose attributes may be anything."""
    inner = function.__func__ if type(function) in (staticmethod, classmethod, types.MethodType) else function
    return inner.__code__ if type(inner) is types.FunctionType else None
