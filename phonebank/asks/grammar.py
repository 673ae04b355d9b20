"""What a template may say: merge fields, fallbacks and ifs. Everything else is refused with its line (pure)."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from jinja2 import nodes

from phonebank.errors import BadInputError

ASK_FIELDS = ("when", "day", "time", "place", "why", "action", "link")
FILTERS = ("default", "d", "title", "upper", "lower", "capitalize", "trim", "truncate")
TESTS = ("defined", "undefined")

_DEEPEST = 25
_ALLOWED = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
)
_WHY_NOT: dict[type[nodes.Node], str] = {
    nodes.For: "loops are not allowed in a text",
    nodes.Macro: "macros are not allowed in a text",
    nodes.Call: "nothing can be called in a text",
    nodes.CallBlock: "nothing can be called in a text",
    nodes.Getitem: "brackets cannot follow a merge field",
    nodes.BinExpr: "sums are not allowed in a text",
    nodes.UnaryExpr: "sums are not allowed in a text",
}


class WordingError(BadInputError):
    """A text that cannot be used as a template, or a person whose row lacks what the text needs."""


class OutOfReachError(WordingError):
    """A merge field that nothing fills: the rest of the text can be read."""


def refuse_what_is_not_wording(tree: nodes.Template) -> None:
    """Raise WordingError at the first thing a text has no business doing."""
    for node in tree.iter_child_nodes():
        _look(node, depth=1)


def _look(node: nodes.Node, depth: int) -> None:
    if depth > _DEEPEST:
        raise _refusal(node, "it is nested too deeply")
    if not isinstance(node, _ALLOWED):
        raise _refusal(node, _WHY_NOT.get(type(node), f"“{type(node).__name__.lower()}” is not allowed in a text"))
    if isinstance(node, nodes.Getattr):
        _look_at_attribute(node)
        return
    if isinstance(node, nodes.Name):
        _look_at_name(node)
    elif isinstance(node, nodes.Filter):
        _look_at_filter(node)
    elif isinstance(node, nodes.Test) and (node.name not in TESTS or node.args):
        raise _refusal(node, f"“is {node.name}” is not a test it knows; use one of {', '.join(TESTS)}")
    elif isinstance(node, nodes.Operand) and node.op not in ("eq", "ne"):
        raise _refusal(node, "values can be compared only with == and !=")
    for child in node.iter_child_nodes():
        _look(child, depth + 1)


def _look_at_attribute(node: nodes.Getattr) -> None:
    if not (isinstance(node.node, nodes.Name) and node.node.name == "ask"):
        raise OutOfReachError(_refused(node, f"“.{node.attr}” is out of reach; only ask.* has parts"))
    if node.attr not in ASK_FIELDS:
        near = get_close_matches(node.attr, ASK_FIELDS, n=1)
        hint = f"did you mean ask.{near[0]}" if near else f"there are {', '.join('ask.' + f for f in ASK_FIELDS)}"
        raise OutOfReachError(_refused(node, f"there is no ask.{node.attr}; {hint}"))


def _look_at_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise _refusal(node, f"there is no filter “{node.name}”; use one of {', '.join(FILTERS)}")
    if node.name in ("default", "d"):
        if len(node.args) != 1:
            raise _refusal(node, 'a fallback is written default("friend")')
    elif node.name == "truncate":
        if not all(isinstance(arg, nodes.Const) and type(arg.value) is int for arg in node.args) or len(node.args) != 1:
            raise _refusal(node, "the length to keep is written truncate(40)")
    elif node.args:
        raise _refusal(node, f"“{node.name}” takes nothing in parentheses")


def _look_at_name(node: nodes.Name) -> None:
    if node.name == "ask":
        raise _refusal(node, "“ask” alone says nothing; write for example ask.when")
    if node.name == "self" or node.name.startswith("_"):
        raise _refusal(node, f"“{node.name}” is out of reach")


def _refusal(node: nodes.Node, reason: str) -> WordingError:
    return WordingError(_refused(node, reason))


def _refused(node: nodes.Node, reason: str) -> str:
    return f"Line {node.lineno} of the text cannot be used: {reason}."


def fields_in(tree: nodes.Template) -> dict[str, bool]:
    """Each merge field, and whether every place that uses it can do without it."""
    fields: dict[str, bool] = {}
    for field, is_safe in _uses(tree, frozenset()):
        fields[field] = fields.get(field, True) and is_safe
    return fields


def field_name(node: nodes.Node) -> str | None:
    """The merge field that this node is: "first_name", "ask.when", or None."""
    if isinstance(node, nodes.Getattr):
        return f"ask.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else None


def _uses(node: nodes.Node, known: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Walk with the fields that are known to be there; a condition itself never needs its field."""
    if field := field_name(node):
        yield field, field in known
    elif isinstance(node, nodes.If | nodes.CondExpr):
        yield from _uses_of_choice(node, known)
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None:
        yield from ((field, True) for field, _ in _uses(node.node, known))
        for argument in node.args:
            yield from _uses(argument, known)
    else:
        for child in node.iter_child_nodes():
            yield from _uses(child, known)


def _uses_of_choice(node: nodes.If | nodes.CondExpr, known: frozenset[str]) -> Iterator[tuple[str, bool]]:
    yield from ((field, True) for field, _ in _uses(node.test, known))
    then, otherwise = known | _present_when(node.test), known | _present_unless(node.test)
    first: Sequence[nodes.Node]
    second: Sequence[nodes.Node]
    if isinstance(node, nodes.CondExpr):
        first, second = [node.expr1], [node.expr2] if node.expr2 else []
    else:
        first, second = node.body, [*node.elif_, *node.else_]
    for child in first:
        yield from _uses(child, then)
    for child in second:
        yield from _uses(child, otherwise)


def _present_when(test: nodes.Node) -> frozenset[str]:
    """Fields that have a value whenever this condition holds."""
    if field := field_name(test):
        return frozenset({field})
    if isinstance(test, nodes.And):
        return _present_when(test.left) | _present_when(test.right)
    if isinstance(test, nodes.Or):
        return _present_when(test.left) & _present_when(test.right)
    if isinstance(test, nodes.Not):
        return _present_unless(test.node)
    if isinstance(test, nodes.Test) and test.name == "defined":
        return _present_when(test.node)
    if isinstance(test, nodes.Compare) and all(op.op == "eq" and isinstance(op.expr, nodes.Const) for op in test.ops):
        return _present_when(test.expr) if all(_says_something(op.expr) for op in test.ops) else frozenset()
    return frozenset()


def _present_unless(test: nodes.Node) -> frozenset[str]:
    """Fields that have a value whenever this condition fails."""
    if isinstance(test, nodes.Not):
        return _present_when(test.node)
    if isinstance(test, nodes.Test) and test.name == "undefined":
        return _present_when(test.node)
    return frozenset()


def _says_something(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Const) and node.value not in (None, "")
