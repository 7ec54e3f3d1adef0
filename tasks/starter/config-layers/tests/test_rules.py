import ast
import json
import os
import subprocess
from functools import cache

PACKAGE = "/workspace/settings"
SOURCES = {"settings.file", "settings.env", "settings.override"}


@cache
def sources():
    """Every module of the package with its text. Only the solution's user can read the workspace."""
    code = "import json, pathlib; print(json.dumps({str(p.relative_to('%s')): p.read_text('utf-8') for p in sorted(pathlib.Path('%s').rglob('*.py'))}))"
    command = [os.environ["SOLUTION"], "python3", "-I", "-c", code % (PACKAGE, PACKAGE)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)


def modules():
    found = {f"settings.{path.removesuffix('.py')}": ast.parse(text) for path, text in sources().items() if "/" not in path}
    assert {"settings.env", "settings.override", "settings.text"} <= set(found)
    return found


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(part for part in ["settings" if node.level else None, node.module] if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_everything_public_has_a_docstring():
    for name, tree in modules().items():
        assert ast.get_docstring(tree), name
        outer = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        methods = [node for owner in outer if isinstance(owner, ast.ClassDef) for node in owner.body if isinstance(node, ast.FunctionDef)]
        for node in outer + methods:
            assert node.name.startswith("_") or ast.get_docstring(node), f"{name}: {node.name}"


def test_every_function_is_annotated():
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.returns is not None, f"{name}: {node.name}"
                arguments = node.args
                every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs + [arguments.vararg, arguments.kwarg]
                bare = [a.arg for a in every if a and a.annotation is None and a.arg not in ("self", "cls")]
                assert bare == [], f"{name}: {node.name}"


def test_the_package_does_not_touch_the_process():
    for name, tree in modules().items():
        roots = {module.split(".")[0] for module in imports(tree)}
        assert roots.isdisjoint({"os", "sys", "subprocess"}), name
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        assert "print" not in called, name


def test_only_load_imports_the_source_modules():
    for name, tree in modules().items():
        used = SOURCES & set(imports(tree))
        assert used == (SOURCES if name == "settings.load" else set()), name


def test_both_text_layers_share_the_reading_of_text():
    found = modules()
    assert "settings.text" in set(imports(found["settings.env"]))
    assert "settings.text" in set(imports(found["settings.override"]))
