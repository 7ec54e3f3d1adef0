import { smallTask } from "./small-task.ts";

/** A task in Python: `total` adds numbers and refuses text. */
export const pythonTask = smallTask({
  workspace: { "total.py": "def total(values):\n    pass\n", "given.py": "FACTOR = 2\n" },
  deliver: { include: ["**"], exclude: ["given.py"] },
  tests: {
    "test_total.py": `
import unittest
import pytest
from given import FACTOR
from total import total

def test_adds():
    assert total([1, 2, 3]) == 6

def test_list_of_sums():
    assert [total([1]), total([2])] == [1, 2]

def test_refuses_text():
    with pytest.raises(TypeError):
        total("abc")

@pytest.mark.parametrize("size", [10, 20])
def test_scales(size):
    assert total([FACTOR] * size) == 2 * size

class TotalTest(unittest.TestCase):
    def test_negative(self):
        self.assertEqual(total([-1, -2]), -3)

    def test_many(self):
        self.assertIn(total([5]), [4, 5])
`,
  },
  plan: { runner: "pytest", files: ["test_total.py"] },
});

/** Its tests by name. */
export const pythonRequired = [
  "test_total.py::test_adds",
  "test_total.py::test_list_of_sums",
  "test_total.py::test_refuses_text",
  "test_total.py::test_scales[10]",
  "test_total.py::test_scales[20]",
  "test_total.py::TotalTest::test_negative",
  "test_total.py::TotalTest::test_many",
];

/** An honest solution. */
export const honestTotal = `
def total(values):
    if isinstance(values, str):
        raise TypeError("expected numbers")
    result = 0
    for value in values:
        result += value
    return result
`;
