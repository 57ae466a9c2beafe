"""Small wrong versions of a source file, one change each (see mutation.py)."""

import ast
import copy
from dataclasses import dataclass

COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
DROPPED = {"detach", "clone", "eval", "train", "abs", "square", "sqrt", "exp", "log", "zero_grad"}
PAIRS = ("mean sum", "min max", "any all", "argmin argmax", "zeros ones", "zeros_like ones_like")
TWINS = {a: b for pair in map(str.split, PAIRS) for a, b in (pair, pair[::-1])}
SYMMETRIC = {"maximum", "minimum", "max", "min", "equal", "allclose"}
UNTOUCHED = {"annotation", "returns", "decorator_list"}
ATOMS = ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.Tuple | ast.List


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
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def numbers(value):
    """Neighbours of a constant: off by one, or doubled."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [2 * value, value + 1] if isinstance(value, float) else []


def calls(node):
    """(operator, node) for a call: arguments swapped or dropped, the call itself dropped, a twin."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "isinstance":
        return
    for i in range(len(node.args) - 1 if name not in SYMMETRIC else 0):
        pair = node.args[i : i + 2]
        if ast.dump(pair[0]) != ast.dump(pair[1]) and not any(
            isinstance(part, ast.Starred) for part in pair
        ):
            args = [*node.args[:i], pair[1], pair[0], *node.args[i + 2 :]]
            yield "arguments swapped", changed(node, args=args)
    for keyword in node.keywords:
        rest = [other for other in node.keywords if other is not keyword]
        yield "argument dropped", changed(node, keywords=rest)
    if isinstance(node.func, ast.Attribute) and name in DROPPED and not node.args:
        yield "call dropped", node.func.value
    if name in TWINS:
        field = "attr" if isinstance(node.func, ast.Attribute) else "id"
        yield "other reduction", changed(node, func=changed(node.func, **{field: TWINS[name]}))


def expressions(node):
    """(operator, node) for every way to bend an expression."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in COMPARE[type(op)]:
                    yield (
                        "comparison",
                        changed(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]]),
                    )
        case ast.BinOp(op=op) if type(op) in ARITHMETIC and not isinstance(
            node.left, ast.JoinedStr
        ):
            yield "arithmetic", changed(node, op=ARITHMETIC[type(op)]())
        case ast.BoolOp(op=op):
            yield "and/or", changed(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield "sign or not", node.operand
        case ast.Constant(value=value):
            yield from (("constant", ast.Constant(other)) for other in numbers(value))
        case ast.IfExp():
            yield from (("branch", node.body), ("branch", node.orelse))
        case ast.Call():
            yield from calls(node)


def statements(node, parent):
    """(operator, node) for every way to bend a statement; `pass` stands for a removed one."""
    match node:
        case ast.If() | ast.While():
            yield "branch", ast.UnaryOp(ast.Not(), node.test)
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue():
            yield "statement removed", ast.Pass()
        case ast.Return() if not isinstance(parent, ast.FunctionDef):
            yield "statement removed", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement removed", ast.Pass()
        case ast.AugAssign():
            yield "statement removed", ast.Pass()
            if type(node.op) in ARITHMETIC:
                yield "arithmetic", changed(node, op=ARITHMETIC[type(node.op)]())


def places(node, parent=None):
    """Every node whose meaning counts, with its parent: no annotations, decorators, messages."""
    yield node, parent
    if isinstance(node, ast.Raise | ast.JoinedStr):
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in UNTOUCHED:
                yield from places(child, node)


def written(node):
    """A node as source that can stand where another expression stood."""
    text = ast.unparse(node)
    plain = isinstance(node, ATOMS | ast.stmt) or text.replace(".", "").isalnum()
    return text if plain else f"({text})"


def mutants_of(file, source):
    """Every mutant of one file, in the order of the source."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = {}
    for node, parent in places(ast.parse(source)):
        for operator, other in [*expressions(node), *statements(node, parent)]:
            site = node.test if operator == "branch" and isinstance(node, ast.stmt) else node
            start = starts[site.lineno - 1] + site.col_offset
            end = starts[site.end_lineno - 1] + site.end_col_offset
            text = written(other).encode()
            left = data[starts[site.lineno - 1] : start]
            right = data[end : starts[site.end_lineno]]
            old, new = (
                " ".join((left + middle + right).decode().split())
                for middle in (data[start:end], text)
            )
            mutant = Mutant(file, site.lineno, operator, old, new, start, end, text)
            found.setdefault((start, end, text), mutant)
    return list(found.values())
