import ast
import json
import os
import subprocess
from collections import Counter
from functools import cache

import pytest

PACKAGE = "/workspace/shop"
OLD = ["catalog", "customers", "notify", "orders", "pricing", "report", "rules"]
PUBLIC = {
    "catalog": "PRICES price_cents bestsellers",
    "customers": "Customer CUSTOMERS add_customer find_customer discount_for",
    "orders": "Line Order ORDERS describe total_spent place_order",
    "pricing": "TAX_PERCENT RULES register_rule price_of",
    "rules": "bulk voucher_day",
    "notify": "OUTBOX order_placed",
    "report": "summary",
}


@cache
def sources():
    """Every module of the package with its text. Only the solution's user can read the workspace."""
    code = "import json, pathlib; print(json.dumps({str(p.relative_to('%s')): p.read_text('utf-8') for p in sorted(pathlib.Path('%s').rglob('*.py'))}))"
    command = [os.environ["SOLUTION"], "python3", "-I", "-c", code % (PACKAGE, PACKAGE)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)


def trees():
    return {path.removesuffix(".py").replace("/", "."): ast.parse(text) for path, text in sources().items()}


def imported(node, names):
    """The shop modules that one import statement reaches."""
    if isinstance(node, ast.Import):
        found = [alias.name.removeprefix("shop.") for alias in node.names if alias.name.startswith("shop.")]
    elif node.level or (node.module or "").split(".")[0] == "shop":
        base = node.module or "" if node.level else node.module.removeprefix("shop").lstrip(".")
        found = [base] if base else []
        found += [f"{base}.{alias.name}".lstrip(".") for alias in node.names]
    else:
        found = []
    return [module for module in found if module in names]


def graph():
    found = trees()
    statements = {name: [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)] for name, tree in found.items()}
    return {name: {module for node in nodes for module in imported(node, found)} for name, nodes in statements.items()}


def run(code):
    command = [os.environ["SOLUTION"], "python3", "-I", "-B", "-c", f"import sys; sys.path.insert(0, '/workspace')\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


def test_all_modules_are_there_and_joined():
    edges = graph()
    assert set(OLD) <= set(edges)
    assert edges["report"], "the graph was not read"
    assert edges["orders"] and edges["pricing"]


def test_imports_have_no_circle():
    edges = graph()
    while free := [name for name, used in edges.items() if not used & set(edges)]:
        for name in free:
            del edges[name]
    assert edges == {}


def test_shop_imports_stand_at_the_top_level():
    found = trees()
    for name, tree in found.items():
        top = set(map(id, tree.body))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and imported(node, found):
                assert id(node) in top, f"{name}: line {node.lineno}"


def test_no_dynamic_imports():
    for name, tree in trees().items():
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Name) and node.id in ("__import__", "importlib")), name
            assert not (isinstance(node, ast.Attribute) and node.attr == "modules"), name
            assert not (isinstance(node, ast.ImportFrom) and node.module in ("sys", "importlib")), name
        assert not any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body), name


def test_the_package_file_is_as_it_was():
    assert sources()["__init__.py"] == '"""A small shop."""\n'


def test_functions_stay_where_they_belong():
    homes = {"orders": "place_order", "pricing": "price_of", "customers": "discount_for", "notify": "order_placed", "catalog": "bestsellers", "report": "summary"}
    found = trees()
    for module, function in homes.items():
        assert function in [node.name for node in found[module].body if isinstance(node, ast.FunctionDef)], function


def test_nothing_is_defined_twice():
    defined = Counter(node.name for tree in trees().values() for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    assert [name for name, count in defined.items() if count > 1 and not name.startswith("_")] == []
    functions = [name for names in PUBLIC.values() for name in names.split() if not name.isupper()]
    assert [name for name in functions if defined[name] != 1] == []


@pytest.mark.parametrize("module", OLD)
def test_may_be_imported_first(module):
    others = "".join(f"import shop.{other}\n" for other in OLD)
    names = "".join(f"shop.{module}.{name}\n" for name in PUBLIC[module].split())
    result = run(f"import shop.{module}\n{names}{others}r = shop.pricing.RULES\nprint([rule.__name__ for rule in r])")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "['bulk', 'voucher_day']\n"


def test_rules_are_there_without_the_rest():
    result = run("from shop import pricing\nprint([rule.__name__ for rule in pricing.RULES])")
    assert result.stdout == "['bulk', 'voucher_day']\n", result.stderr


def test_objects_reached_in_two_ways_are_the_same():
    result = run(
        "from shop import catalog, customers, orders, pricing\n"
        "c = customers.add_customer('A', 'a')\n"
        "o = orders.place_order(c, [orders.Line('tea', 1)])\n"
        "assert type(o.customer) is customers.Customer and type(o) is orders.Order\n"
        "orders.ORDERS.clear()\n"
        "assert catalog.bestsellers() == []\n"
        "assert customers.discount_for(c) == 0\n"
        "pricing.RULES.clear()\n"
        "assert pricing.price_of(orders.Order(10, c, [orders.Line('tea', 1)])) == 540\n"
    )
    assert result.returncode == 0, result.stderr
