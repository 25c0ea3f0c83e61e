"""Expressions of constraints, such as `layers[0] >= batch_size`: read, checked and evaluated without `eval`.

An expression is a comparison of hyperparameters, or several joined by and, or, not. Numbers, text, lists, indices,
+ - * / // %, and a few functions are allowed; everything else is refused by name. Nothing in it can call, loop,
import or grow without bound. Called by `sweeps.constraints`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log, log10, sqrt
from typing import Any

LONGEST = 300  # characters
MOST_PARTS = 100  # names, numbers and operators
Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len,
    "sum": sum,
    "min": min,
    "max": max,
    "abs": abs,
    "log": log,
    "log10": log10,
    "sqrt": sqrt,
}
_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda member, whole: member in whole,
    ast.NotIn: lambda member, whole: member not in whole,
}


class InvalidExpression(ValueError):
    """Text that is no expression; the message completes the sentence "<text> ..."."""


class NotEvaluable(Exception):
    """An expression has no value at a point: an index beyond the last layer, a division by zero, a null compared."""


@dataclass(frozen=True)
class Expression:
    """`names`: what it asks for, as written; `parts`: how many it is made of, which is what it costs to evaluate.

    `holds` may raise `NotEvaluable`.
    """

    text: str
    names: tuple[str, ...]
    evaluate: Evaluate
    parts: int = 1

    def holds(self, values: Values) -> bool:
        """Whether it is true; `values` has one for every name."""
        try:
            return bool(self.evaluate(values))
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise NotEvaluable(str(error)) from None


def expression(text: str) -> Expression:
    """The expression that the text is; raises `InvalidExpression`."""
    if len(text) > LONGEST:
        raise InvalidExpression(f"has {len(text)} characters; at most {LONGEST} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise InvalidExpression("is not an expression; write, for instance, learning_rate * batch_size <= 8") from None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(nodes) > MOST_PARTS:
        raise InvalidExpression(f"has {len(nodes)} parts; at most {MOST_PARTS} are read")
    if not isinstance(tree, ast.Compare | ast.BoolOp) and not _is_not(tree):
        raise InvalidExpression("compares nothing; write, for instance, learning_rate * batch_size <= 8")
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = (node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in called)
    return Expression(text.strip(), tuple(dict.fromkeys(names)), _compiled(tree), len(nodes))


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _compiled(node: ast.expr) -> Evaluate:
    """The node as a function of the values. Depth is bounded by `MOST_PARTS`."""
    make = _MAKERS.get(type(node))
    if make is None:
        raise InvalidExpression(f"uses {ast.unparse(node)[:60]!r}, which is not allowed in a constraint")
    return make(node)


def _constant(node: ast.Constant) -> Evaluate:
    value = node.value
    if not isinstance(value, str | int | float | None) or (isinstance(value, int) and abs(value) > 10**18):
        raise InvalidExpression(f"uses {str(value)[:60]}, which is not allowed in a constraint")
    return lambda values: value


def _name(node: ast.Name) -> Evaluate:
    name = node.id
    return lambda values: values[name]


def _list(node: ast.List | ast.Tuple) -> Evaluate:
    members = [_compiled(member) for member in node.elts]
    return lambda values: tuple(member(values) for member in members)


def _index(node: ast.Subscript) -> Evaluate:
    whole, index = _compiled(node.value), _compiled(node.slice)
    return lambda values: whole(values)[index(values)]


def _call(node: ast.Call) -> Evaluate:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
        called = ast.unparse(node.func)[:60]
        raise InvalidExpression(f"calls {called}, which is not allowed; allowed: {', '.join(FUNCTIONS)}")
    function, arguments = FUNCTIONS[node.func.id], [_compiled(argument) for argument in node.args]
    return lambda values: function(*(argument(values) for argument in arguments))


def _unary(node: ast.UnaryOp) -> Evaluate:
    operand = _compiled(node.operand)
    if isinstance(node.op, ast.Not):
        return lambda values: not operand(values)
    if isinstance(node.op, ast.USub):
        return lambda values: -_number(operand(values))
    raise InvalidExpression(f"uses {ast.unparse(node)[:60]!r}, which is not allowed in a constraint")


def _arithmetic(node: ast.BinOp) -> Evaluate:
    apply = _ARITHMETIC.get(type(node.op))
    if apply is None:
        raise InvalidExpression(f"uses {ast.unparse(node)[:60]!r}; allowed between numbers: + - * / // %")
    left, right = _compiled(node.left), _compiled(node.right)
    return lambda values: apply(_number(left(values)), _number(right(values)))


def _compare(node: ast.Compare) -> Evaluate:
    terms = [_compiled(term) for term in (node.left, *node.comparators)]
    if any(type(one) not in _COMPARISONS for one in node.ops):
        raise InvalidExpression("compares by is; write == or !=")
    tests = [_COMPARISONS[type(one)] for one in node.ops]

    def evaluate(values: Values) -> bool:
        found = [term(values) for term in terms]
        return all(test(*pair) for test, pair in zip(tests, pairwise(found), strict=True))

    return evaluate


def _joined(node: ast.BoolOp) -> Evaluate:
    parts, every = [_compiled(part) for part in node.values], isinstance(node.op, ast.And)
    return lambda values: (all if every else any)(part(values) for part in parts)


def _number(value: Any) -> Any:
    """Arithmetic is for numbers: text and lists would repeat and grow."""
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{value!r} is not a number")


_MAKERS: dict[type[ast.AST], Callable[[Any], Evaluate]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Subscript: _index,
    ast.Call: _call,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _compare,
    ast.BoolOp: _joined,
}
