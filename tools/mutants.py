"""Small wrong versions of a source file, one change each (see mutation.py)."""

import ast
import copy
from dataclasses import dataclass

OPERATORS = """Lt LtE GtE, LtE Lt Gt, Gt GtE LtE, GtE Gt Lt, Eq NotEq, NotEq Eq, Is IsNot, IsNot Is,
In NotIn, NotIn In, Add Sub, Sub Add, Mult Div, Div Mult, Pow Mult, FloorDiv Mult, Mod Mult,
BitAnd BitOr, BitOr BitAnd, And Or, Or And"""
INSTEAD = {line.split()[0]: line.split()[1:] for line in OPERATORS.split(",")}
DROPPED = {"detach", "clone", "eval", "train", "abs", "square", "sqrt", "exp", "log", "zero_grad"}
PAIRS = ("mean sum", "min max", "any all", "argmin argmax", "zeros ones", "zeros_like ones_like")
TWINS = {a: b for pair in map(str.split, PAIRS) for a, b in (pair, pair[::-1])}
SYMMETRIC = {"maximum", "minimum", "max", "min", "equal", "allclose", "isinstance"}
UNTOUCHED = {"annotation", "returns", "decorator_list"}


@dataclass(frozen=True)
class Mutant:
    """One replacement of the bytes `start` to `end` of a file by `text`."""

    file: str
    line: int
    operator: str
    old: str
    new: str
    start: int
    end: int
    text: bytes

    def applied(self, source):
        """The file's source with this one change."""
        data = source.encode()
        return (data[: self.start] + self.text + data[self.end :]).decode()


def changed(node, **fields):
    """A copy of a syntax node with other fields."""
    other = copy.copy(node)
    vars(other).update(fields)
    return other


def instead(op):
    """Operators that may stand in the place of this one."""
    return [getattr(ast, name)() for name in INSTEAD.get(type(op).__name__, ())]


def calls(node):
    """(operator, node) for a call: arguments swapped or dropped, the call itself dropped, a twin."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for i in range(len(node.args) - 1 if name not in SYMMETRIC else 0):
        args = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        if not any(isinstance(part, ast.Starred) for part in args):
            yield "arguments swapped", changed(node, args=args)
    for keyword in node.keywords:
        rest = [other for other in node.keywords if other is not keyword]
        yield "argument dropped", changed(node, keywords=rest)
    if isinstance(node.func, ast.Attribute):
        if name in DROPPED and not node.args:
            yield "call dropped", node.func.value
        if name in TWINS:
            yield "other reduction", changed(node, func=changed(node.func, attr=TWINS[name]))


def variants(node, parent):
    """(operator, node) for every way to bend one node; `pass` stands for a removed statement."""
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in instead(op):
                    yield "comparison", changed(node, ops=[*ops[:i], other, *ops[i + 1 :]])
        case ast.BinOp(op=op) | ast.BoolOp(op=op):
            yield from (("operator", changed(node, op=other)) for other in instead(op))
        case ast.UnaryOp():
            yield "sign or not", node.operand
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            near = value - 1 if isinstance(value, int) else 2 * value
            yield from (("constant", ast.Constant(other)) for other in (value + 1, near))
        case ast.IfExp():
            yield from (("branch", node.body), ("branch", node.orelse))
        case ast.Call():
            yield from calls(node)
        case ast.If() | ast.While():
            yield "branch", ast.UnaryOp(ast.Not(), node.test)
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue():
            yield "statement removed", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
            yield "statement removed", ast.Pass()
            for other in instead(getattr(node, "op", None)):
                yield "operator", changed(node, op=other)
        case ast.Return() if not isinstance(parent, ast.FunctionDef):
            yield "statement removed", ast.Pass()


def places(node, parent=None):
    """Every node whose meaning counts, with its parent: no annotations, decorators, messages."""
    yield node, parent
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            silent = name in UNTOUCHED or isinstance(node, ast.Raise | ast.JoinedStr)
            if isinstance(child, ast.AST) and not silent:
                yield from places(child, node)


def written(node):
    """A node as source that can stand where another one stood."""
    text = ast.unparse(node)
    plain = isinstance(node, ast.stmt | ast.Name | ast.Call | ast.Attribute | ast.Subscript)
    return text if plain or text.replace(".", "").isalnum() else f"({text})"


def mutants_of(file, source):
    """Every mutant of one file, in the order of the source."""
    lines, found = source.encode().splitlines(keepends=True), {}
    for node, parent in places(ast.parse(source)):
        for operator, other in variants(node, parent):
            site = node.test if isinstance(node, ast.If | ast.While) else node
            first, last = site.lineno - 1, site.end_lineno - 1
            block, begin = b"".join(lines[first : last + 1]), len(b"".join(lines[:first]))
            left, right = block[: site.col_offset], lines[last][site.end_col_offset :]
            text = written(other).encode()
            start, end = begin + len(left), begin + len(block) - len(right)
            old, new = (" ".join(b.decode().split()) for b in (block, left + text + right))
            mutant = Mutant(file, site.lineno, operator, old, new, start, end, text)
            found.setdefault((start, end, text), mutant)
    return [mutant for mutant in found.values() if mutant.old != mutant.new]
