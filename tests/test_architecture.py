"""Rules of the house that no linter knows, read off the syntax trees of all packages."""

import ast
import builtins
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "data", "matching", "recommender", "training")
MOST_LINES = 300
MOST_FUNCTION_LINES = 40
SERIALISERS = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
MAY_NAME_DEMOGRAPHICS = ("data/", "training/simulator/")
"""Storage, and the simulator that writes them; every other reader must be an audit."""
MAY_DEFINE_ERRORS = {"data/errors.py", "api/problems.py"}
"""The tree of errors, and HTTP's own problem documents."""
ERRORS = {name for name in dir(builtins) if name.endswith(("Error", "Exception"))}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules():
    """Path and syntax tree of every module."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8")) for file in files
    }


def public(tree):
    """Public functions, methods and classes, but none inside a function."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def body_lines(function):
    """Lines of a function without its docstring."""
    start = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = start.end_lineno - start.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring


def imports(tree):
    """Names of the packages that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def signature(function):
    """The annotations of a function as text."""
    return (
        f"{ast.unparse(function.args)} -> {function.returns and ast.unparse(function.returns)}"
    )


def offenders(rule):
    """`path:line name` of what breaks a rule, a function from path and tree to nodes."""
    return [
        f"{path}:{node.lineno} {getattr(node, 'name', '')}"
        for path, tree in modules().items()
        for node in rule(path, tree)
    ]


def long_functions(path, tree):
    """Functions that one cannot see at a glance."""
    if not path.startswith("data/migrations/versions/"):
        functions = (node for node in ast.walk(tree) if isinstance(node, Function))
        yield from (node for node in functions if body_lines(node) > MOST_FUNCTION_LINES)


def undocumented(path, tree):
    """Public things without a docstring."""
    if not path.startswith("data/migrations/"):
        yield from (node for node in public(tree) if not ast.get_docstring(node))


def shapeless(_path, tree):
    """Public functions with arrays whose shape nobody can know."""
    functions = (node for node in public(tree) if isinstance(node, Function))
    with_arrays = (node for node in functions if "NDArray" in signature(node))
    yield from (
        node for node in with_arrays if "shape (" not in (ast.get_docstring(node) or "")
    )


def foreign_errors(path, tree):
    """Exceptions that are defined beside the tree of errors; private ones stay in their module."""
    if path not in MAY_DEFINE_ERRORS:
        for node in public(tree):
            bases = {ast.unparse(base) for base in getattr(node, "bases", ())}
            if bases & ERRORS or any(base.endswith("Error") for base in bases):
                yield node


def demographics(path, tree):
    """Places that name the audit table."""
    if not path.startswith(MAY_NAME_DEMOGRAPHICS) and "audit" not in path:
        constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
        yield from (node for node in constants if node.value == "demographics")


def busy_packages(path, tree):
    """Package files that hold more than a docstring."""
    if path.endswith("__init__.py"):
        yield from tree.body[1:]


@pytest.mark.parametrize(
    "rule",
    [long_functions, undocumented, shapeless, foreign_errors, demographics, busy_packages],
)
def test_rule(rule):
    """Nothing breaks the rule that the parameter names."""
    found = offenders(rule)
    assert not found, "\n".join(found)


def test_files_hold_one_idea():
    """At most 300 lines a module."""
    long = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in modules()}
    assert {path: lines for path, lines in long.items() if lines > MOST_LINES} == {}


def test_nothing_is_ever_unpickled():
    """Artifacts are JSON, text and arrays."""
    found = {path: SERIALISERS.intersection(imports(tree)) for path, tree in modules().items()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (long_functions, "def f():\n" + "    x = 1\n" * 40),
        (undocumented, "class A:\n    '''A.'''\n    def f(self): pass"),
        (shapeless, "def f(x: NDArray[np.int64]) -> None:\n    '''F.'''"),
        (foreign_errors, "class A(ValueError): pass"),
        (foreign_errors, "class A(RapportError): pass"),
        (demographics, "read_frame(engine, 'demographics')"),
    ],
)
def test_rules_can_fail(rule, source):
    """Each rule finds what it is for."""
    assert len(list(rule("matching/x.py", ast.parse(source)))) == 1
