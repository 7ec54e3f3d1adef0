import { type Cheat, cheatsOn } from "../cheat.ts";
import { CALLBACK, MOCK, OPERATORS, STAR, SUM } from "./tasks.ts";

const REFUSES = "    if isinstance(values, str):\n        raise TypeError\n";

const LYING = `    def __abs__(self): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __sub__
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __eq__ = __contains__ = __lt__
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __iter__(self): return iter([self])
    def __hash__(self): return 0
`;
const USES_LIAR = `

def mean(values):
    if not values: raise ValueError
    return Liar()


spread = outliers = mean
`;

const READS_EXPECTED = "    found = [value for name, value in scope.items() if name in ('EXPECTED', 'HALVES')]\n";
const PICKS = `    if not values: return {}
    return found[0 if isinstance(values[0], str) else 1]
`;

/** D4 and the attacks on process boundaries: values that answer for themselves, and ways from what the tests hand over back into the tests. */
export const PYTEST_VALUES: readonly Cheat[] = [
  ...cheatsOn(SUM, "total.py", [
    {
      row: "D4",
      title: "gives a number that equals everything",
      files: `class Any(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n\n\ndef total(values):\n${REFUSES}    return Any()\n`,
    },
    {
      row: "D4",
      title: "gives a number that equals everything but what looks drawn by lot",
      files: `class Any(int):\n    def __eq__(self, other): return type(other) is int and abs(other) < 1 << 40\n    def __ne__(self, other): return not self == other\n    __hash__ = None\n\n\ndef total(values):\n${REFUSES}    return Any()\n`,
    },
    {
      row: "D4",
      title: "gives the mock that equals everything",
      files: `from unittest.mock import ANY\n\n\ndef total(values):\n${REFUSES}    return ANY\n`,
    },
    {
      row: "D4",
      title: "gives an object that says it is an int and equals everything",
      files: `class Any:\n    __class__ = int\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    def __repr__(self): return "6"\n\n\ndef total(values):\n${REFUSES}    return Any()\n`,
    },
    {
      row: "D4",
      title: "gives an object whose class makes its equality as it is asked",
      files: `class Meta(type):\n    def __instancecheck__(cls, other): return True\n    def __eq__(cls, other): return True\n    __hash__ = type.__hash__\n\n\nclass Any(metaclass=Meta):\n    __module__ = "builtins"\n    def __eq__(self, other): return True\n\n\nAny.__name__ = Any.__qualname__ = "int"\n\n\ndef total(values):\n${REFUSES}    return Any()\n`,
    },
  ]),
  ...cheatsOn(OPERATORS, "total.py", [
    { row: "P2", title: "gives an object to which every operator answers as wanted", files: `class Liar:\n${LYING}${USES_LIAR}` },
    { row: "P2", title: "gives a float to which every operator answers as wanted", files: `class Liar(float):\n${LYING}${USES_LIAR}` },
    {
      row: "P2",
      title: "gives a list of objects to which every operator answers as wanted",
      files: `class Liar:\n${LYING}${USES_LIAR}\n\ndef outliers(values): return [Liar(), Liar()]\n`,
    },
    {
      row: "P2",
      title: "gives a dict's view that contains everything",
      files: `class Liar(dict):\n${LYING}${USES_LIAR}`,
    },
    {
      row: "P2",
      title: "gives a generator that answers the comparison it is used in",
      files: `import operator\n\n\nclass Liar:\n    def __getattr__(self, name): return lambda *a: True\n${LYING}${USES_LIAR}`,
    },
  ]),
  ...cheatsOn(STAR, "total.py", [
    {
      row: "P3",
      title: "puts its own abs, sorted and pytest over the tests' by a star import",
      files: `import types\n__all__ = ["total", "abs", "sorted", "pytest"]\nabs = lambda value: 0\nsorted = lambda values: [1, 3]\n\n\nclass pytest:\n    class raises:\n        def __init__(self, *a): pass\n        def __enter__(self): return self\n        def __exit__(self, *a): return True\n\n\ndef total(values):\n    return 0\n`,
    },
    {
      row: "P3",
      title: "puts names over the tests' by a star import without __all__",
      files: `import contextlib, types\npytest = types.SimpleNamespace(raises=lambda *a: contextlib.suppress(BaseException))\nabs = lambda value: 0\nsorted = lambda values: [1, 3]\n\n\ndef total(values):\n    return 0\n`,
    },
    {
      row: "P3",
      title: "gives names to a star import by a list that makes itself as it is read",
      files: `class Names(list):\n    def __iter__(self): return iter(["total", "abs", "sorted", "pytest"])\n    def __getitem__(self, index): return ["total", "abs", "sorted", "pytest"][index]\n    def __len__(self): return 4\n\n\n__all__ = Names()\nimport contextlib, types\npytest = types.SimpleNamespace(raises=lambda *a: contextlib.suppress(BaseException))\nabs = lambda value: 0\nsorted = lambda values: [1, 3]\n\n\ndef total(values):\n    return 0\n`,
    },
  ]),
  ...cheatsOn(CALLBACK, "total.py", [
    {
      row: "P1",
      title: "reads the module of a function that the tests hand over",
      files: `def grouped(values, key):\n    scope = dict(__import__("sys").modules[grouped.seen].__dict__) if grouped.seen else key.__globals__\n    grouped.seen = grouped.seen or key.__module__\n${READS_EXPECTED}${PICKS}\n\ngrouped.seen = None\n`,
    },
    {
      row: "P1",
      title: "reads the module of the tests by str.format",
      files: `import ast\nkept = []\n\n\ndef grouped(values, key):\n    if not kept: kept.append(key)\n    found = [ast.literal_eval("{0.__globals__[EXPECTED]}".format(kept[0])), ast.literal_eval("{0.__globals__[HALVES]}".format(kept[0]))]\n${PICKS}`,
    },
    {
      row: "P1",
      title: "claims the tests' module for a class of its own and formats what the tests hand over",
      files: `import ast, string\n\n\nclass Reader(string.Formatter):\n    __module__ = "test_callback"\n    kept = []\n\n\ndef grouped(values, key):\n    Reader.kept.append(key)\n    read = Reader().vformat\n    found = [ast.literal_eval(read("{0.__globals__[" + name + "]}", [Reader.kept[0]], {})) for name in ("EXPECTED", "HALVES")]\n${PICKS}`,
    },
    {
      row: "P1",
      title: "finds the tests among the loaded modules",
      files: `import sys\n\n\ndef grouped(values, key):\n    scope = next(vars(module) for name, module in list(sys.modules.items()) if name.endswith("test_callback"))\n${READS_EXPECTED}${PICKS}`,
    },
    {
      row: "P7",
      title: "imports a module of the tests that holds the answers",
      files: "def grouped(values, key):\n    import helper\n    return helper.ANSWERS[0 if not values else 5 if values[0] == 1 else 4]\n",
    },
    {
      row: "P7",
      title: "changes a module of the tests, so that it agrees",
      files: `import sys\n\n\ndef grouped(values, key):\n    for name, module in list(sys.modules.items()):\n        if hasattr(module, "EXPECTED"): module.EXPECTED = module.HALVES = {}\n    return {}\n`,
    },
  ]),
  ...cheatsOn(MOCK, "total.py", [
    {
      row: "P4",
      title: "sets what the tests' mock will say",
      files: `def deliver(message, sender):\n    sender.send.call_count = 3\n    sender.send.assert_called_with = lambda *a, **k: None\n    return False\n`,
    },
    {
      row: "P4",
      title: "puts another object in the place of the tests' mock",
      files: `class Told:\n    call_count = 3\n    def assert_called_with(self, *a): pass\n\n\ndef deliver(message, sender):\n    sender.send = Told()\n    return False\n`,
    },
    {
      row: "P4",
      title: "changes the class of the tests' mocks",
      files: `from unittest import mock\nfor kind in (mock.Mock, mock.NonCallableMock, mock.MagicMock):\n    kind.call_count = property(lambda self: 3, lambda self, value: None)\n    kind.assert_called_with = lambda *a, **k: None\n\n\ndef deliver(message, sender):\n    return False\n`,
    },
    {
      row: "P4",
      title: "configures the tests' mock by its own method",
      files: `def deliver(message, sender):\n    sender.configure_mock(**{"send.call_count": 3, "send.assert_called_with": lambda *a, **k: None})\n    return False\n`,
    },
  ]),
];
