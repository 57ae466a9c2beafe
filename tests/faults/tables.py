"""Tables as they come out of spreadsheets, instruments and other people's scripts.

The generator knows every number that it wrote; a reader returns just these, or refuses.
"""

import ast
import gzip
import io
import math
import os
import random
import re
import statistics
import zipfile

import pandas
import torch

from helpers.data.own import table
from tests.faults.judge import either, equal, refuse

ROWS = 32
FILE = "mice.csv"
ERRORS = (ValueError, FileNotFoundError)


def mass(k):
    """A plain measured number."""
    return 18 + (k * 7 % 13) / 4


def plain(n=ROWS):
    """Columns as text: two numbers, a category, and a target with two classes."""
    return {
        "mass": [f"{mass(k):.2f}" for k in range(n)],
        "dose": [str(k * 5 % 17) for k in range(n)],
        "strain": ["abc"[k % 3] for k in range(n)],
        "ill": [("no", "yes")[k * k % 7 % 2] for k in range(n)],
    }


TRUTH = {"mass": [mass(k) for k in range(ROWS)], "dose": [k * 5 % 17 for k in range(ROWS)]}
ILL = [k * k % 7 % 2 for k in range(ROWS)]


def quoted(cell, sep):
    """A cell as CSV wants it."""
    if any(mark in cell for mark in (sep, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def text(columns, sep=",", end="\n"):
    """The CSV text of columns."""
    rows = [list(columns), *zip(*columns.values())]
    return end.join(sep.join(quoted(str(cell), sep) for cell in row) for row in rows) + end


def read(columns, target="ill", *, sep=",", raw=None, **more):
    """A function that writes the file and reads it as a Table."""

    def do(folder):
        content = raw if raw is not None else text(columns, sep)
        path = folder / FILE
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if sep != ",":
            more.setdefault("separator", sep)
        return table(path, target, **more)

    return do


def holds(numbers=None, kinds=None, y=None, classes=None, rows=ROWS):
    """Check a Table: columns of numbers, 0/1 columns of categories, target and class names."""

    def check(found):
        column = dict(zip(found.features, found.x.T))
        if len(found.x) != rows or len(column) != len(found.features):
            return f"{len(found.x)} rows and columns {found.features}"
        for name, values in (TRUTH if numbers is None else numbers).items():
            if name not in column:
                return f"no column {name!r} among {found.features}"
            wrong = unlike(column[name], values, name)
            if wrong:
                return wrong
        for name, cells in (kinds or {}).items():
            for kind in sorted(set(cells)):
                if f"{name}={kind}" not in column:
                    return f"no column {name}={kind!r} among {found.features}"
                wanted = [float(cell == kind) for cell in cells]
                wrong = unlike(column[f"{name}={kind}"], wanted, f"{name}={kind}")
                if wrong:
                    return wrong
        if classes is not None and list(found.classes) != list(classes):
            return f"classes {found.classes}, expected {classes}"
        return unlike(found.y, ILL if y is None else y, "target")

    return check


def unlike(found, values, name):
    """None if a column has these values in float32, else the first that differs."""
    wanted = torch.tensor(values, dtype=torch.float32)
    close = torch.isclose(found.float(), wanted, rtol=1e-6, atol=0.0)
    if found.shape == wanted.shape and bool(close.all()):
        return None
    k = int((~close).nonzero()[0]) if found.shape == wanted.shape else 0
    return f"{name}, row {k + 2}: {found[k]}, written was {values[k]!r}"


def only(*columns):
    """The true numbers of some columns."""
    return {name: TRUTH[name] for name in columns}


STRAIN = {"strain": plain()["strain"]}
NUMBERS = [mass(k) for k in range(ROWS)]


def clean():
    base = plain()
    right = holds(kinds=STRAIN, classes=["no", "yes"])
    ends = {"\\n": "\n", "\\r\\n": "\r\n"}
    for name, end in ends.items():
        yield equal(f"line ends {name}", read(base, raw=text(base, end=end)), right)
    yield either("line ends \\r", read(base, raw=text(base, end="\r")), right, FILE)
    yield equal("no line end at the end", read(base, raw=text(base).rstrip()), right)
    yield equal("blank lines at the end", read(base, raw=text(base) + "\n\n"), right)
    yield equal("BOM", read(base, raw=b"\xef\xbb\xbf" + text(base).encode()), right)
    yield equal("BOM, target first", read(
        base, raw=b"\xef\xbb\xbf" + text({"ill": base["ill"], **base}).encode()), right)  # fmt: skip
    for name, sep in {"semicolon": ";", "tab": "\t", "bar": "|", "space": " "}.items():
        yield equal(f"separator {name}", read(base, sep=sep), right)
        yield refuse(f"separator {name} not said", read(base, raw=text(base, sep)), FILE)
    lines = text(base).splitlines()
    yield either("blank line within", read(base, raw="\n".join(
        [*lines[:9], "", *lines[9:]]) + "\n"), right, FILE)  # fmt: skip
    yield equal("all quoted", read(base, raw="\n".join(
        ",".join(f'"{c}"' for c in line.split(",")) for line in lines)), right)  # fmt: skip
    yield equal("spaces around", read(base, raw="\n".join(
        " , ".join(line.split(",")) for line in lines)), right)  # fmt: skip
    for name in (
        "µ mass",
        "Größe (cm)",
        "质量",
        "a,b",
        'say "x"',
        "two\nlines",
        "=1",
        "#id",
        "x y",
        "%",
    ):
        columns = {name if key == "mass" else key: cells for key, cells in base.items()}
        truth = {name: TRUTH["mass"], "dose": TRUTH["dose"]}
        yield either(f"column named {name!r}", read(columns), holds(truth, STRAIN), FILE)
    kinds = {
        "commas": ["a,b", "c", "d"], "quotes": ['"a"', "b", "c"], "line ends": ["a\nb", "c", "d"],
        "accents": ["é", "e", "è"], "symbols": ["+/+", "+/-", "-/-"], "spaces": ["wild type", "ko", "het"],
        "cases": ["WT", "KO", "HET"], "equals": ["x=1", "x=2", "y"], "emoji": ["🐭", "🐀", "x"],
    }  # fmt: skip
    for name, three in kinds.items():
        cells = [three[k % 3] for k in range(ROWS)]
        yield either(
            f"categories with {name}",
            read(base | {"strain": cells}),
            holds(kinds={"strain": cells}),
            FILE,
        )
    forms = {
        "+5": [f"+{v}" for v in NUMBERS], ".5": [f"{v / 100:.4f}"[1:] for v in NUMBERS],
        "5.": [f"{3 * k + 1}." for k in range(ROWS)], "1e3": [f"{v:.6e}" for v in NUMBERS],
        "1E+03": [f"{v:.6E}" for v in NUMBERS], "-5": [f"-{v}" for v in NUMBERS],
        "many digits": [f"{v:.12f}" for v in NUMBERS], "0.0 and -0.0": ["0.0", "-0.0", "1.5", "2"] * 8,
    }  # fmt: skip
    for name, cells in forms.items():
        truth = {"mass": [float(c) for c in cells], "dose": TRUTH["dose"]}
        yield equal(f"numbers as {name}", read(base | {"mass": cells}), holds(truth, STRAIN))
    for n in (2, 3, 5):
        part = {key: cells[:n] for key, cells in base.items()}
        part["ill"] = (["no", "yes"] * n)[:n]
        numbers = {key: cells[:n] for key, cells in TRUTH.items()}
        yield either(f"{n} rows", read(part), holds(numbers, y=([0, 1] * n)[:n], rows=n), FILE)


def index_columns():
    base = plain()
    values = {
        "0 1 2": [str(k) for k in range(ROWS)], "1 2 3": [str(k + 1) for k in range(ROWS)],
        "shuffled": [str(k * 5 % ROWS) for k in range(ROWS)], "names": [f"m{k:02d}" for k in range(ROWS)],
    }  # fmt: skip
    for name, cells in values.items():
        for header in ("", "Unnamed: 0", " ", "Unnamed: 0.1"):
            do = read({header: cells} | base)
            yield refuse(f"index {name} under {header!r}", do, FILE)
        yield refuse(f"index {name}, R's header one short", read(
            base, raw=",".join(base) + "\n" + "\n".join(
                ",".join(row) for row in zip(cells, *base.values()))), FILE)  # fmt: skip
        yield either(
            f"index {name} dropped", read({"Unnamed: 0": cells} | base, drop=("Unnamed: 0",)),
            holds(kinds=STRAIN), FILE,
        )  # fmt: skip
    yield refuse("unnamed column in the middle", read(
        {"mass": base["mass"], "": base["dose"], "ill": base["ill"]}), FILE)  # fmt: skip
    frame = pandas.DataFrame({"mass": NUMBERS, "ill": base["ill"]})
    yield refuse("written by pandas with its index", read(None, raw=frame.to_csv()), FILE)
    yield refuse("written twice by pandas", read(
        None, raw=pandas.read_csv(io.StringIO(frame.to_csv())).to_csv()), FILE)  # fmt: skip
    yield equal(
        "written by pandas without", read(None, raw=frame.to_csv(index=False)), holds(only("mass"))
    )


def in_part(good, odd):
    """The three ways in which an odd spelling turns up: everywhere, in half, in one cell."""
    yield "everywhere", odd
    yield "in half", [o if k % 2 else g for k, (g, o) in enumerate(zip(good, odd))]
    yield "in one cell", [o if k == 11 else g for k, (g, o) in enumerate(zip(good, odd))]


def as_feature_and_target(name, good, odd, values=None):
    """Cases for odd spellings of numbers, as feature and as target; `values` None: refuse."""
    base = plain()
    for where, cells in in_part(good, odd):
        columns = base | {"size": cells}
        words = (FILE,)
        if values is None:
            yield refuse(f"feature {name} {where}", read(columns), *words)
            yield refuse(f"target {name} {where}", read(columns, "size"), *words)
            continue
        truth = [v if c == o else float(g) for v, c, o, g in zip(values, cells, odd, good)]
        right = holds(TRUTH | {"size": truth})
        yield either(f"feature {name} {where}", read(columns), right, *words)
        yield either(f"target {name} {where}", read(columns, "size"), holds(y=truth), *words)


def spellings():
    """Numbers that people and instruments write otherwise than Python does."""
    good = [f"{12 + k * 3 % 11}.{k * 7 % 10}" for k in range(ROWS)]
    small = [float(c) for c in good]
    comma = [c.replace(".", ",") for c in good]
    whole = [1000 + 137 * k for k in range(ROWS)]
    odd = {
        "decimal comma 20,5": (comma, small),
        "ambiguous 1,234": ([f"{v:,}" for v in whole], None),
        "thousands 1,234.5": ([f"{v + 0.5:,}" for v in whole], [v + 0.5 for v in whole]),
        "thousands 12,345,678": ([f"{v * 12345:,}" for v in whole], [v * 12345 for v in whole]),
        "German 1.234,5": (
            [f"{v:,}".replace(",", ".") + ",5" for v in whole], [v + 0.5 for v in whole]),
        "space 1 234": ([f"{v:,}".replace(",", " ") for v in whole], whole),
        "no-break space": ([f"{v:,}".replace(",", "\u00a0") for v in whole], whole),
        "thin space": ([f"{v:,}".replace(",", "\u202f") for v in whole], whole),
        "Swiss 1'234": ([f"{v:,}".replace(",", "'") for v in whole], whole),
        "1_234": ([f"{v:_}" for v in whole], None),
        "percent": ([c + "%" for c in good], None),
        "percent with a space": ([c + " %" for c in good], None),
        "minus sign U+2212": (["\u2212" + c for c in good], [-v for v in small]),
        "en dash": (["\u2013" + c for c in good], [-v for v in small]),
        "minus with a space": (["- " + c for c in good], [-v for v in small]),
        "minus behind": ([c + "-" for c in good], None),
        "in brackets": ([f"({c})" for c in good], None),
        "unit mg": ([c + " mg" for c in good], None),
        "unit without space": ([c + "mm" for c in good], None),
        "below detection <": (["<" + c for c in good], None),
        "above range >": ([">" + c for c in good], None),
        "about ~": (["~" + c for c in good], None),
        "plus-minus": ([c + "±0.1" for c in good], None),
        "range 3-5": ([f"{k}-{k + 2}" for k in range(ROWS)], None),
        "fraction 1/2": ([f"{k}/7" for k in range(ROWS)], None),
        "star": ([c + "*" for c in good], None),
        "dollar": (["$" + c for c in good], None),
        "euro": ([c + " €" for c in good], None),
        "degrees": ([c + "°" for c in good], None),
        "letter O for zero": ([c.replace(".", ".O") for c in good], None),
        "Fortran 1d3": ([c + "d1" for c in good], None),
        "hexadecimal": ([hex(v) for v in whole], None),
        "full-width digits": (
            ["".join(chr(ord(d) + 0xFEE0) if d.isdigit() else d for d in c) for c in good], small),
        "Arabic digits": (
            ["".join(chr(ord(d) + 0x630) if d.isdigit() else d for d in c) for c in good], small),
        "two points": ([c + ".1" for c in good], None),
        "apostrophe in front": (["'" + c for c in good], None),
        "times ten": ([c + "×10^3" for c in good], None),
        "clock 12:30": ([f"{k % 24}:{k:02d}" for k in range(ROWS)], None),
        "infinity": (["inf" if k % 2 else "-Infinity" for k in range(ROWS)], None),
    }  # fmt: skip
    for name, (cells, values) in odd.items():
        yield from as_feature_and_target(name, good, cells, values)
    semicolon = plain() | {"size": comma}
    yield either(
        "decimal comma, semicolons", read(semicolon, sep=";"), holds(TRUTH | {"size": small}), FILE
    )
    mixed = plain() | {"size": comma, "count": [f"{v:,}".replace(",", ".") for v in whole]}
    yield either(
        "German sheet: 20,5 beside 1.234", read(mixed, sep=";"),
        holds(TRUTH | {"size": small, "count": whole}), FILE,
    )  # fmt: skip


def dates():
    days = pandas.date_range("2021-01-05", periods=ROWS, freq="37D")
    forms = {
        "2021-01-05": "%Y-%m-%d", "05.01.2021": "%d.%m.%Y", "01/05/2021": "%m/%d/%Y", "05/01/21": "%d/%m/%y",
        "2021/01/05": "%Y/%m/%d", "5 Jan 2021": "%d %b %Y", "Jan 5, 2021": "%b %d, %Y",
        "2021-01-05 12:30": "%Y-%m-%d 12:30", "2021-01-05T12:30:00Z": "%Y-%m-%dT12:30:00Z",
        "2021-01-05 12:30:00+02:00": "%Y-%m-%d 12:30:00+02:00", "2021-01": "%Y-%m", "Jan-21": "%b-%y",
        "2021-W01": "%Y-W%W", "12:30:00": None,
    }  # fmt: skip
    base = plain()
    for name, form in forms.items():
        cells = [
            day.strftime(form) if form else f"{k % 24:02d}:{k:02d}:00" for k, day in enumerate(days)
        ]
        yield refuse(f"feature {name}", read(base | {"when": cells}), FILE)
        yield refuse(f"target {name}", read(base | {"when": cells}, "when"), FILE)
        yield refuse(f"few days {name}", read(
            base | {"when": [cells[k % 4] for k in range(ROWS)]}), FILE)  # fmt: skip
        yield equal(
            f"dropped {name}", read(base | {"when": cells}, drop=("when",)), holds(kinds=STRAIN)
        )
    years = [1990 + k for k in range(ROWS)]
    yield equal("years as numbers", read(base | {"year": [str(v) for v in years]}),
                holds(TRUTH | {"year": years}))  # fmt: skip
    compact = [day.strftime("%Y%m%d") for day in days]
    yield refuse("20210105", read(base | {"when": compact}), FILE)
    genes = ["1-Mar", "2-Sep", "TP53", "1-Dec"]
    cells = [genes[k % 4] for k in range(ROWS)]
    yield either("genes that Excel made dates", read(base | {"gene": cells}),
                 holds(kinds={"gene": cells}), FILE)  # fmt: skip


def sentinels():
    base = plain()
    for mark in (
        "-999",
        "-9999",
        "-99999",
        "-999.0",
        "-999.25",
        "9999",
        "99999",
        "-32768",
        "1e20",
        "-1e30",
    ):
        for where in (1, 5, 16):
            cells = [mark if k % 32 < where else f"{mass(k):.2f}" for k in range(ROWS)]
            sure = mark.startswith(("-999", "-9999"))
            values = [float(c) for c in cells]
            for kind, target, right in (
                ("feature", "ill", holds(TRUTH | {"size": values})), ("target", "size", holds(y=values)),
            ):  # fmt: skip
                name = f"{kind} with {where} cells {mark}"
                do = read(base | {"size": cells}, target)
                yield refuse(name, do, FILE) if sure else either(name, do, right, FILE)
    real = [float(v) for v in range(-1200, -1200 + 37 * ROWS, 37)]
    real[3] = -999.0
    yield either("-999 as an ordinary depth", read(base | {"depth": [str(v) for v in real]}),
                 holds(TRUTH | {"depth": real}), FILE)  # fmt: skip
    for mark in ("-1", "0", "99", "1"):
        cells = [mark if k % 9 == 0 else f"{mass(k):.2f}" for k in range(ROWS)]
        yield either(f"ordinary {mark}", read(base | {"size": cells}),
                     holds(TRUTH | {"size": [float(c) for c in cells]}), FILE)  # fmt: skip


MISSING = (
    "", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "-", "--", ".", "#N/A",
    "#DIV/0!", "#VALUE!", "#REF!", "missing", "n.a.", "ND", "n.d.", "unknown", "<NA>", "*", "tbd",
    "\u00a0", "-nan", "1.#IND", "Not available",
)  # fmt: skip


def missing():
    base, numbers = plain(), [f"{mass(k):.2f}" for k in range(ROWS)]
    for mark in MISSING:
        cells = [mark if k in (3, 20) else c for k, c in enumerate(numbers)]
        columns = base | {"size": cells}
        there = [float(c) for k, c in enumerate(numbers) if k not in (3, 20)]
        middle = statistics.median(there)
        filled = [middle if k in (3, 20) else float(c) for k, c in enumerate(numbers)]
        yield refuse(f"{mark!r} in a column of numbers", read(columns), FILE)
        yield refuse(f"{mark!r} in a target of numbers", read(columns, "size"), FILE)
        yield refuse(f"{mark!r} in a target of numbers, median", read(
            columns, "size", impute="median"), FILE)  # fmt: skip
        yield either(f"{mark!r} with the median", read(columns, impute="median"),
                     holds(TRUTH | {"size": filled}), FILE)  # fmt: skip
    for mark in ("", "NA", "nan", "?", "n/a", "null"):
        cells = [mark if k in (3, 20) else c for k, c in enumerate(base["strain"])]
        yield refuse(f"{mark!r} in a category", read(base | {"strain": cells}), FILE)
        labels = [mark if k in (3, 20) else c for k, c in enumerate(base["ill"])]
        yield refuse(f"{mark!r} in a target of classes", read(base | {"ill": labels}), FILE)
    words = {
        "elements": ["Na", "Cl", "K"], "countries": ["NA", "DE", "FR"], "treatments": ["None", "low", "high"],
        "names": ["Null", "Smith", "Lee"], "grades": ["NA", "A", "B"], "signs": ["-", "+", "++"],
        "answers": ["?", "yes", "no"], "regions": ["N/A", "S/A", "E/A"],
    }  # fmt: skip
    for name, three in words.items():
        cells = [three[k % 3] for k in range(ROWS)]
        right = holds(kinds={"strain": cells})
        columns = base | {"strain": cells}
        yield either(f"{name} {three}", read(columns), right, FILE)
        yield either(f"{name} {three} and the median", read(columns, impute="median"),
                     either_way(cells, three[0]), FILE)  # fmt: skip
        order = sorted(set(cells))
        yield either(f"{name} {three} as target", read(columns, "strain"), holds(
            y=[order.index(c) for c in cells], classes=order), FILE)  # fmt: skip
        yield either(f"{name} {three} as target, classes named", read(
            columns, "strain", classes=order), holds(
            y=[order.index(c) for c in cells], classes=order), FILE)  # fmt: skip
    yield refuse("a column without any value", read(base | {"size": [""] * ROWS}), FILE)
    yield refuse("no value, median", read(base | {"size": [""] * ROWS}, impute="median"), FILE)
    for how in ("mean", "zero", True, 0, "Median", ("median",), "drop"):
        yield refuse(f"impute={how!r}", read(base, impute=how), "impute")


def either_way(cells, mark):
    """With impute="median" an ambiguous word may stay a category, or be called missing."""
    named = holds(kinds={"strain": cells})
    called = holds(kinds={"strain": ["missing" if c == mark else c for c in cells]})

    def check(found):
        sodium = mark == "Na"  # an element is never missing
        return named(found) and (called(found) if not sodium else named(found))

    return check


def extremes():
    base = plain()
    beyond = {
        "1e39": ["1e39"], "-1e39": ["-1e39"], "1e400": ["1e400"], "400 digits": ["9" * 400],
        "3.5e38": ["3.5e38"], "inf": ["inf"], "-inf": ["-inf"], "Infinity": ["Infinity"],
    }  # fmt: skip
    for name, marks in beyond.items():
        cells = [marks[0] if k == 9 else c for k, c in enumerate(base["mass"])]
        yield refuse(f"feature {name}", read(base | {"size": cells}), FILE)
        yield refuse(f"target {name}", read(base | {"size": cells}, "size"), FILE)
        yield refuse(f"feature {name}, median", read(base | {"size": cells}, impute="median"), FILE)
    lost = {
        "epoch seconds": [f"{1_600_000_000 + k}" for k in range(ROWS)],
        "epoch milliseconds": [f"{1_600_000_000_000 + 1000 * k}" for k in range(ROWS)],
        "identifiers beyond 2**24": [f"{2**24 + k}" for k in range(1, ROWS + 1)],
        "Julian days": [f"{2459000.5 + k / 100:.2f}" for k in range(ROWS)],
        "one plus 1e-9": [f"{1 + k * 1e-9:.12f}" for k in range(ROWS)],
        "below float32": [f"{k + 1}e-50" for k in range(ROWS)],
        "UTM northing in mm": [f"{5_412_345.001 + k / 1000:.3f}" for k in range(ROWS)],
        "mass to charge": [f"{500000 + k * 1e-3:.4f}" for k in range(ROWS)],
        "excel nanoseconds": [f"{44197 + k * 1e-4:.5f}" for k in range(ROWS)],
    }
    for name, cells in lost.items():
        yield refuse(f"feature {name}", read(base | {"time": cells}), FILE)
        yield refuse(f"target {name}", read(base | {"time": cells}, "time"), FILE)
    kept = {
        "up to 1e38": [f"{k + 1}e36" for k in range(ROWS)], "tiny 1e-30": [f"{k + 1}e-30" for k in range(ROWS)],
        "counts to 1e6": [str(31250 * k) for k in range(ROWS)], "2**24": [str(2**24 - k) for k in range(ROWS)],
        "many digits": [f"{mass(k) + k / 7919:.15f}" for k in range(ROWS)],
    }  # fmt: skip
    for name, cells in kept.items():
        truth = [float(c) for c in cells]
        yield equal(f"feature {name}", read(base | {"v": cells}), holds(TRUTH | {"v": truth}))
        yield equal(f"target {name}", read(base | {"v": cells}, "v"), holds(y=truth))
    yield either("leading zeros", read(base | {"id": [f"{k:04d}" for k in range(ROWS)]}),
                 holds(TRUTH | {"id": list(range(ROWS))}), FILE)  # fmt: skip


def forms():
    """Files whose rows, quotes or headers are broken."""
    base = plain()
    lines = text(base).splitlines()
    draws = random.Random(0)
    for k in draws.sample(range(1, ROWS), 6):
        short, long = list(lines), list(lines)
        short[k] = short[k].rsplit(",", 1)[0]
        long[k] += ",7"
        yield refuse(f"row {k + 1} short", read(base, raw="\n".join(short)), FILE)
        yield refuse(f"row {k + 1} long", read(base, raw="\n".join(long)), FILE)
        open_ = list(lines)
        open_[k] = '"' + open_[k]
        yield refuse(f"row {k + 1} with an open quote", read(base, raw="\n".join(open_)), FILE)
        odd = list(lines)
        odd[k] = odd[k].replace(",", ',"x"y,', 1)
        yield refuse(f"row {k + 1} with text behind a quote", read(base, raw="\n".join(odd)), FILE)
        cut = "\n".join(lines)
        cut = cut[: cut.index(lines[k], 30) + 3]
        yield refuse(f"cut within row {k + 1}", read(base, raw=cut), FILE)
        again = [*lines[: k + 1], lines[0], *lines[k + 1 :]]
        yield refuse(f"header again after row {k + 1}", read(base, raw="\n".join(again)), FILE)
        zero = list(lines)
        zero[k] = zero[k][:2] + "\0" + zero[k][2:]
        yield refuse(f"NUL in row {k + 1}", read(base, raw="\n".join(zero)), FILE)
    contents = {
        "empty": "", "one line end": "\n", "spaces": "   \n  \n", "header only": lines[0],
        "no header": "\n".join(lines[1:]), "comment first": "# mice of 2021\n" + "\n".join(lines),
        "title first": "Mice 2021\n\n" + "\n".join(lines), "units below": "\n".join(
            [lines[0], "g,mg,,", *lines[1:]]), "a footer": "\n".join([*lines, "mean,8.0,,"]),
        "a footnote": "\n".join([*lines, "* estimated"]), "sep= line": "sep=,\n" + "\n".join(lines),
        "HTML": "<html><body>404</body></html>", "JSON": '{"mass": [1, 2]}', "one word": "hello",
        "a colon list": "mass: 1\nill: no\n", "trailing comma in the header": "\n".join(
            [lines[0] + ",", *lines[1:]]), "NUL bytes": "\0" * 64, "blank header": ",,,\n1,2,3,no\n",
        "git conflict": "\n".join(lines[:5]) + "\n<<<<<<< HEAD\n" + "\n".join(lines[5:]),
    }  # fmt: skip
    for name, content in contents.items():
        yield refuse(f"file: {name}", read(base, raw=content), FILE)
    trailing = "\n".join(line + "," for line in lines)
    yield refuse("trailing comma in every row", read(base, raw=trailing), FILE)
    empty = "\n".join([*lines, *[",,,"] * 3])
    yield either(
        "empty rows at the end, as Excel writes", read(base, raw=empty), holds(kinds=STRAIN), FILE
    )
    doubled = "mass,mass,ill\n" + "\n".join(
        f"{k},{k * k},{'no' if k % 2 else 'yes'}" for k in range(9)
    )
    yield refuse("a name twice", read(base, raw=doubled), FILE)
    yield refuse("a name twice but for a space", read(
        base, raw=doubled.replace("mass,mass", "mass, mass")), FILE)  # fmt: skip
    yield refuse(
        "the target's name twice", read(base, raw=doubled.replace("mass,mass", "ill,mass")), FILE
    )
    copy = {key: cells * 2 for key, cells in base.items()}
    twice = {key: list(cells) * 2 for key, cells in TRUTH.items()}
    yield either("every row twice", read(copy), holds(twice, y=ILL * 2, rows=2 * ROWS), FILE)
    one = {key: cells[:1] for key, cells in base.items()}
    yield refuse("one row", read(one), FILE)
    yield refuse("target alone", read({"ill": base["ill"]}), FILE)
    yield refuse("all but the target dropped", read(base, drop=("mass", "dose", "strain")), FILE)


def encodings():
    base = plain() | {"strain": [("µ", "é", "b")[k % 3] for k in range(ROWS)]}
    content = text(base)
    right = holds(kinds={"strain": base["strain"]})
    for code in (
        "latin-1",
        "cp1252",
        "mac-roman",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "cp437",
    ):
        yield either(f"written in {code}", read(base, raw=content.encode(code)), right, FILE)
    chinese = text(plain() | {"strain": [("质", "量", "b")[k % 3] for k in range(ROWS)]})
    for code in ("gb18030", "big5", "shift_jis", "euc_jp"):
        yield refuse(
            f"written in {code}", read(base, raw=chinese.replace("质", "中").encode(code)), FILE
        )
    header = text({"Größe": base["mass"], "ill": base["ill"]}).encode("latin-1")
    yield either(
        "latin-1 in the header", read(base, raw=header), holds({"Größe": TRUTH["mass"]}), FILE
    )
    yield refuse("half a UTF-8 letter", read(base, raw=content.encode()[:-1] + b"\xc3"), FILE)
    yield refuse("utf-8 and latin-1 mixed", read(
        base, raw=content.encode() + b"20,3,\xb5,no\n"), FILE)  # fmt: skip
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as z:
        z.writestr("xl/workbook.xml", "<workbook/>")
    files = {
        "Excel": book.getvalue(), "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "gzip": gzip.compress(content.encode()), "Parquet": b"PAR1" + bytes(64) + b"PAR1",
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(64), "PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "random bytes": random.Random(3).randbytes(512), "PDF": b"%PDF-1.7\n" + bytes(range(256)),
        "SQLite": b"SQLite format 3\0" + bytes(64), "Stata": b"<stata_dta><header>" + bytes(32),
    }  # fmt: skip
    for name, what in files.items():
        yield refuse(f"file: {name}", read(base, raw=what), FILE)


def targets():
    base = plain()
    good = [mass(k) for k in range(ROWS)]
    yield equal("regression", read(base, "mass"), holds(only("dose"), STRAIN, y=good))
    yield equal("negative numbers", read(base | {"mass": [f"-{c}" for c in base["mass"]]}, "mass"),
                holds(only("dose"), y=[-v for v in good]))  # fmt: skip
    whole = {
        "0/1": [k % 2 for k in range(ROWS)], "1/2": [1 + k % 2 for k in range(ROWS)],
        "-1/1": [2 * (k % 2) - 1 for k in range(ROWS)], "0 1 2": [k % 3 for k in range(ROWS)],
        "ratings 1 to 5": [1 + k % 5 for k in range(ROWS)], "counts": [k * 7 % 23 for k in range(ROWS)],
    }  # fmt: skip
    for name, values in whole.items():
        order = sorted(set(values))
        as_number = holds(y=values)
        as_class = holds(y=[order.index(v) for v in values], classes=[str(v) for v in order])

        def check(found, a=as_number, b=as_class):
            return b(found) if found.classes else a(found)

        columns = base | {"ill": [str(v) for v in values]}
        yield either(f"target {name}", read(columns), check, FILE, "target")
        yield equal(
            f"target {name}, classes named",
            read(columns, classes=[str(v) for v in order]),
            as_class,
        )
        yield either(
            f"target {name}, classes as numbers",
            read(columns, classes=order),
            as_class,
            FILE,
            "classes",
        )
        as_float = base | {"ill": [f"{v}.0" for v in values]}
        numbered = holds(y=[order.index(v) for v in values])
        yield either(
            f"target {name} as floats", read(as_float),
            lambda t, a=as_number, b=numbered: b(t) if t.classes else a(t), FILE, "target",
        )  # fmt: skip
    for cells in (
        ["no"] * ROWS,
        ["1"] * ROWS,
        ["2.5"] * ROWS,
        ["0"] * ROWS,
        [""] * ROWS,
        ["NA"] * ROWS,
    ):
        yield refuse(f"constant target {cells[0]!r}", read(base | {"ill": cells}), FILE)
    yield refuse("constant but for the spelling", read(
        base | {"ill": ["1.0" if k % 2 else "1" for k in range(ROWS)]}), FILE)  # fmt: skip
    for name, (a, b) in {"bool": ("False", "True"), "t/f": ("f", "t"), "signs": ("+", "-"),
                         "sexes": ("F", "M"), "numbers as words": ("one", "two")}.items():  # fmt: skip
        cells = [(a, b)[v] for v in ILL]
        yield either(
            f"target {name}", read(base | {"ill": cells}), holds(classes=sorted((a, b))), FILE
        )
    rare = ["yes" if k == 5 else "no" for k in range(ROWS)]
    yield either("a class with one row", read(base | {"ill": rare}), holds(
        y=[int(k == 5) for k in range(ROWS)], classes=["no", "yes"]), FILE)  # fmt: skip
    every = [f"c{k:02d}" for k in range(ROWS)]
    yield refuse("every row a class of its own", read(base | {"ill": every}), FILE)
    yield refuse("a target of text and numbers", read(
        base | {"ill": ["high" if k % 5 == 0 else str(k) for k in range(ROWS)]}), FILE)  # fmt: skip
    spaced = [c + " " if k % 2 else c for k, c in enumerate(base["ill"])]
    yield either("labels with spaces behind", read(base | {"ill": spaced}), holds(), FILE)
    mixed = [c.title() if k % 2 else c for k, c in enumerate(base["ill"])]
    order = sorted(set(mixed))
    yield either("labels in two spellings, yes and Yes", read(base | {"ill": mixed}), holds(
        y=[order.index(c) for c in mixed], classes=order), FILE)  # fmt: skip
    order = ("yes", "no")
    yield equal("classes in another order", read(base, classes=order), holds(
        y=[1 - v for v in ILL], classes=order))  # fmt: skip
    yield refuse("a label that is no class", read(base, classes=("no", "maybe")), FILE)
    yield refuse("classes with a label twice", read(base, classes=("no", "yes", "no")), "classes")
    yield either("a class that does not occur", read(base, classes=("no", "rare", "yes")), holds(
        y=[2 * v for v in ILL], classes=("no", "rare", "yes")), FILE, "classes")  # fmt: skip
    yield refuse("classes is one text", read(base, classes="noyes"), FILE, "classes")
    yield refuse("classes is empty", read(base, classes=()), FILE, "classes")
    yield refuse("classes of a number target", read(base, "mass", classes=("low", "high")), FILE)
    many = [f"k{k * 7 % 31}" for k in range(62)]
    wide = {key: (cells * 2)[:62] for key, cells in base.items()}
    yield either("31 categories", read(wide | {"strain": many}), holds(
        {}, {"strain": many}, y=(ILL * 2)[:62], rows=62), FILE)  # fmt: skip
    ids = {key: (cells * 2)[:60] for key, cells in base.items()} | {
        "id": [f"m{k}" for k in range(60)]
    }
    yield refuse("an identifier for each row", read(ids), FILE)
    numbered = [f"m{k}" for k in range(ROWS)]
    yield either("an identifier for each of 32 rows", read(base | {"id": numbered}), holds(
        kinds={"id": numbered}), FILE)  # fmt: skip
    single = ["rare" if k == 3 else c for k, c in enumerate(base["strain"])]
    yield either("a category seen once", read(base | {"strain": single}), holds(
        kinds={"strain": single}), FILE)  # fmt: skip
    yield refuse("a constant feature", read(base | {"lab": ["x"] * ROWS}), FILE)
    yield refuse("a constant number", read(base | {"lab": ["5"] * ROWS}), FILE)
    yield refuse("a feature of text and numbers", read(
        base | {"size": ["high" if k % 5 == 0 else str(k) for k in range(ROWS)]}), FILE)  # fmt: skip
    yield either("a copy of the target", read(base | {"copy": base["ill"]}), holds(
        kinds={"copy": base["ill"]}), FILE)  # fmt: skip
    yield either(
        "true and false", read(base | {"flag": ["true", "false"] * 16}), lambda t: None, FILE
    )
    ward = [str(1 + k % 3) for k in range(ROWS)]
    yield equal("numbers that are names", read(base | {"ward": ward}, categorical=("ward",)), holds(
        kinds={"ward": ward}))  # fmt: skip


def arguments():
    base = plain()
    for name in ("drop", "categorical"):
        yield refuse(f"{name} of no column", read(base, **{name: ("sex",)}), FILE, name)
        yield refuse(f"{name} of no column, case", read(base, **{name: ("Mass",)}), FILE, name)
        for value in (3, (3,), None, True, (None,), {"mass": 1.5}):
            do = read(base, **{name: value})
            if value is None or isinstance(value, dict):
                yield either(f"{name}={value!r}", do, lambda t: None, FILE, name)
            else:
                yield refuse(f"{name}={value!r}", do, FILE, name)
    right = holds(only("dose"), STRAIN)

    def without_mass(found):
        return right(found) or ("mass is still there" if "mass" in found.features else None)

    yield either("drop='mass'", read(base, drop="mass"), without_mass, FILE, "drop")
    yield equal("drop=['mass']", read(base, drop=["mass"]), without_mass)
    letters = {"a": base["mass"], "b": base["dose"], "ab": base["mass"], "ill": base["ill"]}

    def dropped_ab(found):
        return None if found.features == ["a", "b"] else f"columns {found.features}"

    yield either(
        "drop='ab' beside columns a and b", read(letters, drop="ab"), dropped_ab, FILE, "drop"
    )
    yield either("drop of the target", read(base, drop=("ill",)), holds(kinds=STRAIN), FILE, "drop")
    yield either("target categorical", read(base, categorical=("ill",)), holds(kinds=STRAIN), FILE)
    for target in ("sex", "Ill", "ill ", "", 3, ["ill"], ("ill",), 3.5):
        yield refuse(f"target={target!r}", read(base, target), FILE, "target")
    for sep in ("", ";;", ", ", None, 3, "\n", '"', "ab", b","):
        yield refuse(f"separator={sep!r}", read(base, separator=sep), FILE, "separator")

    def at(make, *words):
        return refuse(
            f"path: {make.__name__}", lambda f: table(make(f), "ill"), *words, errors=ERRORS
        )

    def missing_file(folder):
        return folder / FILE

    def folder_itself(folder):
        return folder

    def pipe(folder):
        os.mkfifo(folder / FILE)
        return folder / FILE

    def broken_link(folder):
        (folder / FILE).symlink_to("gone")
        return folder / FILE

    def link_to_itself(folder):
        (folder / FILE).symlink_to(FILE)
        return folder / FILE

    def dev_zero(folder):
        return "/dev/zero"

    def none(folder):
        return None

    def number(folder):
        return 0

    def nothing(folder):
        return ""

    def text_itself(folder):
        return text(plain())

    def nul(folder):
        return "a\0b"

    def long_name(folder):
        return "a" * 300 + ".csv"

    def web(folder):
        return "https://example.org/mice.csv"

    def frame(folder):
        return pandas.DataFrame({"mass": [1.0, 2.0], "ill": ["a", "b"]})

    for make in (missing_file, pipe, broken_link, link_to_itself):
        yield at(make, FILE)
    for make in (
        folder_itself,
        dev_zero,
        none,
        number,
        nothing,
        text_itself,
        nul,
        long_name,
        web,
        frame,
    ):
        yield at(make, "path", "file", "table")

    def good_link(folder):
        (folder / "real.csv").write_text(text(plain()))
        (folder / FILE).symlink_to("real.csv")
        return table(folder / FILE, "ill")

    def path_as_text(folder):
        (folder / FILE).write_text(text(plain()))
        return table(str(folder / FILE), "ill")

    yield equal("path: a link", good_link, holds(kinds=STRAIN))
    yield equal("path: as text", path_as_text, holds(kinds=STRAIN))
    nan = math.nan
    yield refuse("target=nan", read(base, nan), FILE, "target")


def outsider():
    """What an outsider's files did to the readers without a word."""
    base, twelve = plain(), [30 + 2.5 * k for k in range(12)]
    few = {key: cells[:12] for key, cells in base.items()}

    def coded(*codes):
        return [codes[k % len(codes)] if k in (2, 7, 9) else f"{v}" for k, v in enumerate(twelve)]

    packs = ("-999 -998", "-9999 -8888", "-99 -98", "9999 8888", "-9", "-88", "-888", "888", "99.9",
             "9.96921e36", "-2147483648", "9999999", "1e20")  # fmt: skip
    for pack in packs:
        yield refuse(f"codes {pack}", read(few | {"size": coded(*pack.split())}), "no value")
        given = tuple(pack.split())
        middle = statistics.median(v for k, v in enumerate(twelve) if k not in (2, 7, 9))
        filled = [middle if k in (2, 7, 9) else v for k, v in enumerate(twelve)]
        yield equal(f"codes {pack} named", read(few | {"size": coded(*given)}, missing=given, impute="median"),
                    holds({"size": filled}, y=ILL[:12], rows=12))  # fmt: skip
    cold = ["-99" if k in (2, 7) else str(10 * k - 20) for k in range(12)]
    deep = ["-999" if k in (2, 7) else str(213.5 * k - 500) for k in range(12)]
    yield refuse("-99 among temperatures", read(few | {"size": cold}), "no value")
    yield refuse("-999 among depths", read(few | {"size": deep}), "no value")
    yield refuse("-999 as a time", read(few | {"t": coded("-999")}, time="t"), "time")
    both = [str(1_600_000_000 * (1000 if k % 2 else 1) + k) for k in range(12)]
    yield refuse("seconds and thousandths as a time", read(few | {"t": both}, time="t"), "time")
    words = (
        "n.d.",
        "ND",
        "-",
        "unknown",
        "Unknown",
        "Not available",
        "<NA>",
        "#DIV/0!",
        "#VALUE!",
        "missing",
    )
    for word in words:
        cells = [word if k in (2, 7) else "abc"[k % 3] for k in range(12)]
        labels = [word if k in (2, 7) else c for k, c in enumerate(few["ill"])]
        digits = [word if k in (2, 7) else str(k % 2) for k in range(12)]
        yield refuse(f"{word!r} beside categories", read(few | {"strain": cells}), "no value")
        yield refuse(f"{word!r} beside classes", read(few | {"ill": labels}), "no value")
        yield refuse(
            f"{word!r} beside 0 and 1",
            read(few | {"ill": digits}, task="classification"),
            "no value",
        )
    yield refuse("a second word, the first was named", read(few | {"strain": [
        ("NA", "unknown", "a", "b")[k % 4] for k in range(12)]}, missing="NA", impute="median"), "unknown")  # fmt: skip
    alike = {"accents composed or not": "\u00e9 e\u0301 b", "micro and mu": "\u00b5g \u03bcg b", "sharp s": "ma\u00df mass b",
             "a zero-width space": "ko\u200b ko wt", "capitals": "1x 1X b"}  # fmt: skip
    blanks = {
        "a double blank": ["wild  type", "wild type", "ko"],
        "a no-break space": ["wild\u00a0type", "wild type", "ko"],
    }
    for name, three in ({key: text.split() for key, text in alike.items()} | blanks).items():
        cells = [three[k % 3] for k in range(12)]
        yield refuse(f"categories with {name}", read(few | {"strain": cells}), "alike")
        yield refuse(f"classes with {name}", read(few | {"ill": cells}), "alike")
        yield refuse(f"groups with {name}", read(few | {"who": cells}, groups="who"), "alike")
    for three in (["P1", "p1", "P2"], ["1", "01", "2"], ["1", "1.0", "2"]):
        cells = [three[k % 3] for k in range(12)]
        yield refuse(f"groups {three}", read(few | {"who": cells}, groups="who"), "alike")
    yield refuse(
        "categories 1 and 1.0",
        read(few | {"strain": ["1", "1.0", "2"] * 4}, categorical="strain"),
        "alike",
    )
    yield equal("groups that differ in capitals, said", read(few | {"who": ["c1ccccc1", "C1CCCCC1"] * 6}, groups="who",
                categorical="who"), lambda d: None if len(d.groups.unique()) == 2 else "one group")  # fmt: skip
    names = {
        "index": [0, 1, 3, 4, 6, 7, 8, 11, 12, 13, 15, 19],
        "id": range(1001, 1013),
        "patient_id": range(5001, 5013),
    }
    for name, cells in names.items():
        yield refuse(
            f"numbers called {name}", read(few | {name: list(map(str, cells))}), "identifier"
        )
    for name in ("record_id", "patientid", "sample_id", "Patient (study no.)", "PatientNr"):
        yield refuse(f"{name} that repeats", read(few | {name: list("111222333444")}), "groups=")
    yield equal("patient age is no identifier", read(few | {"patient age": [str(20 + k % 5) for k in range(12)]}), holds(
        {"patient age": [20 + k % 5 for k in range(12)]}, y=ILL[:12], rows=12))  # fmt: skip
    wells = ["1E5", "2E3", "3E1", "4E7"] * 3
    yield refuse("wells 1E5", read(few | {"well": wells}), "name")
    yield refuse("classes 1E5", read(few | {"ill": wells}), "name")
    yield equal("classes 1E5, said", read(few | {"ill": wells}, task="classification"), holds(
        {}, y=[0, 1, 2, 3] * 3, classes=sorted(set(wells)), rows=12))  # fmt: skip
    yield refuse(
        "versions 1.10 and 1.1", read(few | {"v": ["1.1", "1.10", "1.2", "1.9"] * 3}), "versions"
    )
    german = [
        "950",
        "1.234",
        "2.500",
        "1.100",
        "870",
        "3.020",
        "1.999",
        "1.210",
        "640",
        "5.400",
        "1.001",
        "2.222",
    ]
    yield refuse("German thousands, not said", read(few | {"v": german}, sep=";"), "thousands")
    yield equal("German thousands, said", read(few | {"v": german}, sep=";", thousands=".", decimal=",", drop="mass"), holds(
        {"v": [float(c.replace(".", "")) for c in german]}, y=ILL[:12], rows=12))  # fmt: skip
    born = [f"01.05.{y}" for y in (45, 52, 61, 67, 68, 69, 70, 75, 81, 88, 90, 99)]
    yield refuse(
        "births in 2045", read(few | {"born": born}, dates={"born": "%d.%m.%y"}), "century"
    )
    zones = ["2021-01-01T12:00:00" + "+02:00" * (k % 2) for k in range(12)]
    yield refuse(
        "dates with and without a zone", read(few | {"t": zones}, dates={"t": "ISO8601"}), "zone"
    )
    yield refuse(
        "dates guessed row by row",
        read(few | {"t": ["03/04/2021", "25/12/2021"] * 6}, dates={"t": "mixed"}),
        "mixed",
    )
    compact = [f"202101{k + 1:02d}" for k in range(12)]
    yield refuse("20210105 as a time", read(few | {"t": compact}, time="t"), "dates=")
    yield equal("20210105 as a time, said", read(few | {"t": compact}, time="t", dates={"t": "%Y%m%d"}), lambda d: (
        None if (d.time.diff() == 1).all() else f"{d.time}"))  # fmt: skip
    ids = {"id": [f"m{k}" for k in range(12)], "mass": few["mass"], "dose": few["dose"]}
    for word in ("Mean", "SD", "Total", "total:"):
        footed = {key: [*cells, word if key == "id" else "7.5"] for key, cells in ids.items()}
        yield refuse(f"a last row {word}", read(footed, "mass", drop="id"), "summary")
    joined = "strain,ill\na,yes\nb,no\na,no\nstrain,ill\na,yes\nb,no\n"
    yield refuse("joined files of texts", read(None, raw=joined), "again")
    frame = pandas.DataFrame({"mass": [0.5 * k * k for k in range(16)], "ill": ["no", "yes"] * 8})

    def parquet(frame, **more):
        def do(folder):
            frame.to_parquet(folder / "mice.parquet")
            return table(folder / "mice.parquet", "ill", **more)

        return do

    kept = frame.iloc[[0, 1, 3, 4, 6, 7, 9, 12, 14, 15]]
    yield refuse("Parquet of a filtered frame", parquet(kept), "index")
    yield equal("Parquet of a filtered frame, index dropped", parquet(kept, drop="Unnamed: 0"), lambda d: (
        None if d.features == ["mass"] else f"{d.features}"))  # fmt: skip
    clash = kept.set_axis(pandas.Index(kept.index, name="mass"))
    yield refuse("Parquet, index named as a column", parquet(clash), "more than once")
    yield refuse(
        "Parquet, names alike but for a blank",
        parquet(frame.assign(**{"mass ": 1.5})),
        "more than once",
    )
    yield refuse(
        "SAS dots",
        read(few | {"size": ["." if k == 2 else c for k, c in enumerate(few["mass"])]}),
        "missing=",
    )
    yield equal("SAS dots named", read(few | {"size": ["." if k % 3 == 0 else f"{1.5 + k % 3}" for k in range(12)]},
                missing=".", impute="median"), holds({"size": [3.0 if k % 3 == 0 else 1.5 + k % 3 for k in range(12)]},
                y=ILL[:12], rows=12))  # fmt: skip
    yield refuse("rare joins all", read(few | {"strain": list("aabbccddeeff")}, rare=3), "rare")
    yield refuse(
        "classes= of a regression", read(few, "mass", task="regression", classes=["1"]), "classes="
    )
    spaced = [f"1\u00a0{200 + k}" for k in range(12)]
    yield equal("thousands divided by another blank", read(few | {"size": spaced}, thousands=" "), holds(
        {"size": [1200 + k for k in range(12)]}, y=ILL[:12], rows=12))  # fmt: skip


def advice():
    """Who follows the advice of a refusal must get on: the words that it says stand for themselves."""
    base = {key: cells[:12] for key, cells in plain().items()}
    nums = base["mass"]
    cases = {
        "semicolons, decimal commas": (text(base | {"mass": [c.replace(".", ",") for c in nums]}, ";"), {}, "separator=';'"),
        "write.csv2 of R": ('"mass";"ill"\n' + "\n".join(
            f'{c.replace(".", ",")};"{i}"' for c, i in zip(nums, base["ill"])), {}, "separator=';'"),
        "a comment above": ("# a, b\n" + text(base), {}, "above the header"),
        "units below": ("mass,ill\nmg,\n" + "\n".join(map(",".join, zip(nums, base["ill"]))), {}, "remove this row"),
        "a limit": (text(base | {"mass": ["<0.01", *nums[1:6], "<0.01", *nums[7:]]}), {}, "write a number"),
        "genes": (text(base | {"gene": ["MAR1", "SEPT2", "TP53", "DEC1"] * 3}), {}, "categorical="),
        "genes as target": (text(base | {"ill": ["MAR1", "SEPT2", "TP53", "DEC1"] * 3}), {}, "task='classification'"),
        "genotypes": (text(base | {"gene": ["0/0", "0/1", "1/1"] * 4}), {}, "categorical="),
        "dilutions": (text(base | {"step": ["1:10", "1:20", "1:40"] * 4}), {}, "categorical="),
        "days as target": (text(base | {"ill": [f"2021-01-{k + 1:02d}" for k in range(12)]}), {}, "as a number"),
        "gzip": (gzip.compress(text(base).encode()), {}, "unpack"),
        "zip": (b"PK\x03\x04" + bytes(99), {}, "zip"),
    }  # fmt: skip
    for name, (raw, more, words) in cases.items():
        yield refuse(name, read(None, raw=raw, **more), words)
    follow = {
        "genes": (base | {"gene": ["MAR1", "SEPT2", "TP53", "DEC1"] * 3}, {}),
        "1/2": (base | {"gene": ["0/0", "0/1", "1/1"] * 4}, {}),
        "genes as target": (base | {"ill": ["MAR1", "SEPT2", "TP53", "DEC1"] * 3}, {}),
        "-2147483648": (base | {"size": ["-2147483648", "-2147483648", *nums[2:]]}, {"impute": "median"}),
        "9999999": (base | {"size": ["9999999", *nums[1:]]}, {"impute": "median"}),
        "1e20": (base | {"size": ["1e20", *nums[1:]]}, {"impute": "median"}),
        "-99,9": (base | {"size": ["-99,9", *(c.replace(".", ",") for c in nums[1:])]}, {
            "impute": "median", "decimal": ",", "numeric": "mass", "drop": "mass"}),
        "NA": (base | {"strain": ["NA", *base["strain"][1:]]}, {"impute": "median"}),
        "NA and unknown": (base | {"strain": ["NA", "unknown", *base["strain"][2:]]}, {"impute": "median"}),
        "SAS": (base | {"size": [".", *nums[1:]]}, {"impute": "median"}),
        "percent": (base | {"size": [c + "%" for c in nums]}, {}),
        "thousands": (base | {"size": [f"{k + 1} {k + 200}" for k in range(12)]}, {}),
        "ISO": (base | {"day": [f"2021-01-{k + 1:02d}" for k in range(12)]}, {}),
        "days": (base | {"day": [f"{k + 1:02d}.01.2021" for k in range(12)]}, {}),
        "compact": (base | {"day": [f"202101{k + 1:02d}" for k in range(12)]}, {}),
        "counted": (base | {"id": [str(k) for k in range(12)]}, {}),
        "groups": (base | {"patient": list("111222333444")}, {}),
        "zeros": (base | {"ward": ["01", "02", "03"] * 4}, {}),
        "index": ({"": [str(k) for k in range(12)]} | base, {}),
        "constant": (base | {"lab": ["x"] * 12}, {}),
        "digits": (base | {"ill": ["0", "1"] * 6}, {}),
        "epoch": (base | {"t": [str(1_600_000_000 + k) for k in range(12)]}, {}),
    }  # fmt: skip
    for name, (columns, more) in follow.items():

        def do(folder, columns=columns, more=more):
            (folder / FILE).write_text(text(columns), encoding="utf-8")
            return followed(folder / FILE, dict(more))

        yield equal(
            f"advice followed: {name}", do, lambda read: None if read else "no advice works"
        )


def followed(path, more, deep=4):
    """Whether one of the ways that the refusals advise, passed to the reader, ends in a table."""
    try:
        return bool(table(path, "ill", **more))
    except ValueError as error:
        said = re.findall(
            r"([a-z]+)=(\([^)]*\)|\{[^}]*\}|'[^']*')", str(error).partition("pass ")[2]
        )
    ways = [more | {name: ast.literal_eval(value)} for name, value in said]
    return deep > 0 and any(followed(path, way, deep - 1) for way in ways if way != more)


FAMILIES = {
    "tables: an outsider's files": outsider,
    "tables: advice": advice,
    "tables: clean": clean,
    "tables: index columns": index_columns,
    "tables: spellings of numbers": spellings,
    "tables: dates": dates,
    "tables: sentinels": sentinels,
    "tables: missing values": missing,
    "tables: extremes": extremes,
    "tables: broken files": forms,
    "tables: encodings": encodings,
    "tables: targets, categories": targets,
    "tables: arguments": arguments,
}
