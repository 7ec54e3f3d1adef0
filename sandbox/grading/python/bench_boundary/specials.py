"""The special methods that can be forwarded to the other process; no other name with two underscores crosses, but for those listed here."""

COMPARISON = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
SHOWN = ("__str__", "__repr__", "__format__")
ACTIONS = ("__call__", "__enter__", "__exit__", "__await__", "__aenter__", "__aexit__", "__aiter__", "__anext__")
ITEMS = ("__getitem__", "__setitem__", "__delitem__", "__missing__")
CONTENT = (
    "__len__", "__iter__", "__next__", "__reversed__", "__contains__", "__bool__", "__int__", "__float__", "__index__", "__complex__", "__round__", "__bytes__",
    "__trunc__", "__floor__", "__ceil__", "__length_hint__", "__fspath__", *ITEMS,
)
BINARY_OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")
OPERATORS = (
    *(f"__{prefix}{name}__" for name in BINARY_OPERATORS for prefix in ("", "r", "i")),
    "__neg__", "__pos__", "__abs__", "__invert__",
)
SPECIALS = frozenset(COMPARISON + SHOWN + ACTIONS + CONTENT + OPERATORS)
# What a subclass of a data type may decide itself: never what it equals, holds or evaluates to.
SPECIALS_OF_DATA = frozenset(SHOWN + ACTIONS + ITEMS)
# Special methods a class can have for itself, as enumerations do.
OF_CLASS = ("__iter__", "__len__", "__getitem__", "__contains__")
# What a class has that can be given parameters in brackets.
CLASS_ITEM = "__class_getitem__"
# Names with two underscores that may be asked for as attributes.
ASKABLE = frozenset((
    "__doc__", "__version__", "__members__", "__wrapped__", "__annotations__", "__defaults__", "__kwdefaults__", "__author__", "__slots__", "__dict__",
    "__match_args__",
    "__all__", "__abstractmethods__", "__isabstractmethod__", "__orig_bases__", "__parameters__", "__total__", "__required_keys__", "__func__", "__self__",
    "__license__", "__call__", "__post_init__", "__init__", "__copy__", "__deepcopy__", "__enum_members__",
)) | SPECIALS
# Attributes that test libraries look up on every object.
NEVER_ASKED = ("_pytest", "__", "_mock_", "_is_coroutine", "asymmetric", "pytest_", "pytestmark")


def may_ask(name):
    """Tells whether an attribute is asked for in the other process."""
    return not name.startswith(NEVER_ASKED) or name in ASKABLE


def place_of(place, name):
    """Names where the result of a special method crosses: items have one place, however they are reached."""
    if name in ("__next__", "__getitem__", "__anext__"):
        return f"{place}[]"
    return place if name in ("__iter__", "__enter__", "__aenter__", "__aiter__") else f"{place}.{name}"
