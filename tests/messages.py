# SPDX-License-Identifier: Apache-2.0
"""Collect from the source every message that may reach people: each error raised and each reason given, with sample values."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = ("agents", "menshen", "policies", "reports")
ERRORS: Final = frozenset(
    {
        *("StoreError", "CertificateError", "NoEvidenceError"),
        *("NotObservedError", "NotServedError", "QueryError", "AnswerError", "UnknownTableError"),
        *("LedgerError", "BrokenChainError", "PackError", "FontError", "FrameError"),
        *("AlertStateError", "DeliveryError", "SecretError", "LookError", "RefusedError"),
    }
)
# Variables and keywords whose text becomes the reason of a finding or of an answer of a pack.
REASONS: Final = frozenset({"reason", "error"})


@dataclass(frozen=True)
class Message:
    """A message at its place, with the sample values that stand in it."""

    place: str
    text: str
    values: tuple[str, ...]


def modules():
    """Give every module of the product with its path."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def collect():
    """Give all messages, and the places whose message cannot be read off the source."""
    parsed = list(modules())
    returned = _returned(parsed)
    found, unread = [], []
    for path, tree in parsed:
        for function in _scopes(tree):
            local = _assigned(function)
            for node, expression in _spoken(function):
                texts = list(_texts(expression, local, returned, itertools.count(1)))
                found.extend(Message(f"{path}:{node.lineno}", text, values) for text, values in texts)
                if not texts and not _is_empty(expression):
                    unread.append(f"{path}: {ast.unparse(expression)}")
    return found, unread


def _is_empty(node):
    return isinstance(node, ast.Constant) and not node.value


def _scopes(tree):
    return [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]


def _inside(scope):
    """Walk a scope without the functions in it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from _inside(node)


def _name(node):
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _pairs(node):
    """Give (name, value) of an assignment, element by element where tuples meet."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from ((_name(one), value) for one, value in zip(target.elts, node.value.elts, strict=False))
        else:
            yield _name(target), node.value


def _assigned(scope):
    found = {}
    for node in _inside(scope):
        if isinstance(node, ast.Assign):
            for name, value in _pairs(node):
                found.setdefault(name, []).append(value)
    return found


def _returned(parsed):
    """Give the functions that make a message, by name: needs_root, _late, _why ..."""
    found = {}
    for _, tree in parsed:
        for function in _scopes(tree)[1:]:
            values = [node.value for node in _inside(function) if isinstance(node, ast.Return) and node.value]
            if values and all(_is_text(value) for value in values):
                found.setdefault(function.name, (function, values))
    return found


def _is_text(node):
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _spoken(scope):
    """Give the expressions that are said: what an error is made of, and what a reason is set to."""
    for node in _inside(scope):
        if isinstance(node, ast.Call):
            if _name(node.func) in ERRORS and node.args:
                yield node, node.args[0]
            if _name(node.func) == "Answer":
                yield from ((node, word.value) for word in node.keywords if word.arg in REASONS and _is_text(word.value))
        elif isinstance(node, ast.Assign):
            yield from ((node, value) for name, value in _pairs(node) if name in REASONS and _is_text(value))
        elif isinstance(node, ast.Return) and getattr(scope, "name", "") == "_why" and node.value is not None:
            yield node, node.value


def _texts(node, local, returned, numbers):
    """Give every (text, sample values) that an expression can be; none where the source does not say."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value:
            yield node.value, ()
    elif isinstance(node, ast.JoinedStr):
        yield _sample(node, numbers)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, local, returned, numbers)
        yield from _texts(node.orelse, local, returned, numbers)
    elif isinstance(node, ast.Name):
        for value in local.get(node.id, ()):
            yield from _texts(value, {}, returned, numbers)
    elif isinstance(node, ast.Call) and _name(node.func) in returned:
        function, values = returned[_name(node.func)]
        words = {one.arg: text for one, given in zip(function.args.args, node.args, strict=False) if (text := _argument(given))}
        for value in values:
            yield from _texts(_filled(value, words), {}, returned, numbers)


def _argument(node):
    """Give a text that is an argument; a message may be put together of two of ours."""
    return next((text for text, _ in _texts(node, {}, {}, itertools.count(50))), None)


def _filled(value, words):
    if not isinstance(value, ast.JoinedStr):
        return value
    parts = [
        ast.Constant(words[part.value.id])
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) and part.value.id in words
        else part
        for part in value.values
    ]
    return ast.JoinedStr(parts)


def _sample(node, numbers):
    text, values = "", []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += part.value
        elif not isinstance(part.value, ast.Name) or part.value.id not in {"hint", "nearest"}:
            values.append(f"value{next(numbers)}")
            text += values[-1]
    return text, tuple(values)
