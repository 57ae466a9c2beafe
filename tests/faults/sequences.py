"""FASTA files and tables of molecules."""

import gzip
import os

import numpy as np
import pandas
import torch

from helpers.data.embedded import Table
from helpers.data.molecules import counts, fingerprints, four_numbers, scaffolds
from helpers.data.own import edge_list, fasta, h5ad, series, smiles_table
from helpers.data.series import series_again
from tests.faults.judge import either, equal, refuse

FILE, TABLE = "genes.fasta", "molecules.csv"
ERRORS = (ValueError, FileNotFoundError)
LETTERS = "ACGT"


def sequence(k, n):
    """A sequence of n letters, another for each k."""
    return "".join(LETTERS[(k * 7 + i * i + i * k) % 4] for i in range(n))


TRUE = [(f"gene{k}", sequence(k, 5 + 13 * k)) for k in range(6)]


def written(records, width=60, end="\n"):
    """FASTA text with lines of `width` letters."""
    lines = []
    for name, letters in records:
        lines += [">" + name, *(letters[i : i + width] for i in range(0, len(letters), width))]
    return end.join(lines) + end


def read(content, **more):
    """A function that writes the file and reads it."""

    def do(folder):
        (folder / FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
        return fasta(folder / FILE, **more)

    return do


def holds(records=TRUE):
    """Check names and sequences."""

    def check(found):
        pairs = list(zip(found.names, found.sequences))
        if len(found.names) == len(found.sequences) and pairs == list(records):
            return None
        odd = next((p for p in zip(pairs, records) if p[0] != p[1]), (len(pairs), len(records)))
        return f"found {str(odd[0])[:80]!r}, written was {str(odd[1])[:80]!r}"

    return check


def sequences():
    base = written(TRUE)
    for width in (1, 7, 60, 10_000):
        for name, end in {"\\n": "\n", "\\r\\n": "\r\n", "\\r": "\r"}.items():
            do = read(written(TRUE, width, end))
            yield (either if end == "\r" else equal)(f"lines of {width}, ends {name}", do, holds(), *(
                (FILE,) if end == "\r" else ()))  # fmt: skip
    fine = {
        "BOM": b"\xef\xbb\xbf" + base.encode(), "lower case": written([(n, s.lower()) for n, s in TRUE]),
        "blank lines": base.replace("\n", "\n\n"), "no line end at the end": base.rstrip(),
        "spaces at line ends": base.replace("\n", "  \n"), "tabs at line ends": base.replace("\n", "\t\n"),
        "space behind >": base.replace(">", "> "),
    }  # fmt: skip
    for name, content in fine.items():
        yield equal(f"fasta: {name}", read(content), holds())
    named = [
        (f"sp|P{k}|X_HUMAN some protein OS=Homo sapiens {k}", s) for k, (_, s) in enumerate(TRUE)
    ]
    yield equal("fasta: descriptions", read(written(named)), holds(named))
    unicode = [(f"Gène {k} µ", s) for k, (_, s) in enumerate(TRUE)]
    yield either("fasta: accents in names", read(written(unicode)), holds(unicode), FILE)
    for mark in ("\x85", "\u2028", "\x0b", "\x0c", "\x1c", "\x1e"):
        odd = [(f"a{mark}b", "ACGT"), ("c", "GG")]
        yield either(f"fasta: {mark!r} in a name", read(written(odd)), holds(odd), FILE)
        yield either(f"fasta: {mark!r} in a sequence", read(f">a\nAC{mark}GT\n"), holds(
            [("a", "ACGT")]), FILE)  # fmt: skip
    protein = [("p", "MKVL*"), ("q", "ACDEFGHIKLMNPQRSTVWY"), ("r", "MX-BZJUO")]
    yield equal("fasta: protein", read(written(protein)), holds(protein))
    blocks = ">a\n" + "        1 acgtacgtac gtacgtacgt\n"
    wrong = {
        "empty": "", "blank": "\n\n", "no >": "ACGT\nACGT\n", "text first": "genes of 2021\n" + base,
        "no name": base.replace(">gene3", ">"), "spaces as a name": base.replace(">gene3", ">   "),
        "record without a sequence": base.replace(TRUE[0][1] + "\n", "", 1),
        "last record without a sequence": base + ">gene9\n", "names only": ">a\n>b\n>c\n",
        "digits": base.replace("gene2\n", "gene2\n12"), "spaces within": blocks,
        "points as gaps": ">a\nAC..GT\n", "GenBank": "LOCUS X 5 bp\nORIGIN\n 1 acgta\n//\n",
        "FASTQ": "@r1\nACGT\n+\nIIII\n@r2\nACGT\n+\nIIII\n", "PDB": "ATOM      1  N   MET A   1\n",
        "Clustal": "CLUSTAL W\n\na ACGT\nb ACGT\n", "VCF": "##fileformat=VCFv4\n", "CSV": "name,seq\na,ACGT\n",
        "quality letters": ">a\nAC!T\n", "accent": ">a\nACÉT\n", "Greek": ">a\nACΑT\n", "NUL": ">a\nAC\0GT\n",
        "full-width": ">a\nＡＣＧＴ\n", "two > in a line": ">a\nACGT>b\nACGT\n", "underline": ">a\nAC_GT\n",
        "HTML": "<html>404</html>", "git-lfs": "version https://git-lfs.github.com/spec/v1\n",
        "brackets": ">a\nAC[GT]A\n", "question mark": ">a\nAC?T\n", "zero for O": ">a\nAC0T\n",
        "zero-width space": ">a\nAC\u200bGT\n", "BOM within": base + "\ufeff>z\nACGT\n",
    }  # fmt: skip
    for name, content in wrong.items():
        yield refuse(f"fasta: {name}", read(content), FILE)
    for name, content in {
        "gzip": gzip.compress(base.encode()), "utf-16": base.encode("utf-16"), "latin-1": b">a \xb5\nACGT\n",
        "random": bytes(range(256)), "2bit": b"\x43\x27\x41\x1a" + bytes(16), "zip": b"PK\x03\x04" + bytes(64),
    }.items():  # fmt: skip
        yield refuse(f"fasta: {name}", read(content), FILE)
    comment = "; an old comment\n" + base
    yield either("fasta: comment with ;", read(comment), holds(), FILE)
    twice = [("a", "ACGT"), ("a", "GGGG")]
    yield either("fasta: a name twice", read(written(twice)), holds(twice), FILE)
    long = [("chr", sequence(1, 200_000))]
    yield equal("fasta: one long line", read(written(long, 10**6)), holds(long))
    many = [(f"r{k}", sequence(k, 9)) for k in range(3000)]
    yield equal("fasta: 3000 records", read(written(many)), holds(many))
    for k in range(1, 6):
        broken = [(n, s[:k] + "Z" + s[k:] if n == "gene4" else s) for n, s in TRUE]
        yield refuse(f"fasta: Z at {k} of DNA", read(written(broken), alphabet="ACGT"), FILE)
    yield equal("fasta: DNA alphabet", read(base, alphabet="ACGT"), holds())
    yield refuse("fasta: RNA for DNA", read(base.replace("T", "U"), alphabet="ACGT"), FILE)
    yield refuse("fasta: N not in the alphabet", read(">a\nACGN\n", alphabet="ACGT"), FILE)
    yield either(
        "fasta: alphabet in lower case", read(base, alphabet="acgt"), holds(), FILE, "alphabet"
    )
    yield either(
        "fasta: alphabet a list", read(base, alphabet=list("ACGT")), holds(), FILE, "alphabet"
    )
    for alphabet in ("", 3, True, ["A", None], b"ACGT"):
        yield refuse(
            f"fasta: alphabet={alphabet!r}", read(base, alphabet=alphabet), FILE, "alphabet"
        )
    yield from fasta_paths()


def fasta_paths():
    def pipe(folder):
        os.mkfifo(folder / FILE)
        return fasta(folder / FILE)

    yield refuse("fasta: a pipe", pipe, FILE, errors=ERRORS)
    yield refuse("fasta: no file", lambda f: fasta(f / FILE), FILE, errors=ERRORS)
    yield refuse("fasta: a folder", lambda f: fasta(f), "fasta", errors=ERRORS)
    yield refuse("fasta: /dev/zero", lambda f: fasta("/dev/zero"), "/dev/zero", errors=ERRORS)
    for value in (None, 3, "", ">a\nACGT\n", "x" * 400):
        yield refuse(
            f"fasta: path={str(value)[:9]!r}",
            lambda f, v=value: fasta(v),
            "fasta",
            "path",
            errors=ERRORS,
        )


CANONICAL = {
    "OCC": "CCO", "C1=CC=CC=C1": "c1ccccc1", "C(C)O": "CCO", "OC(C)=O": "CC(=O)O", "N": "N", "[CH4]": "C",
    "Cc1ccccc1": "Cc1ccccc1", "C1CC1": "C1CC1", "O=C=O": "O=C=O", "[Na+].[Cl-]": "[Cl-].[Na+]",
    "F/C=C/F": "F/C=C/F", "C#N": "C#N", "CCCl": "CCCl", "CBr": "CBr", "S": "S",
}  # fmt: skip
NAMES = list(CANONICAL)
Y = [k * 1.25 - 6 for k in range(len(NAMES))]


def molecules(smiles=None, y=None, sep=",", end="\n", raw=None, columns=("smiles", "logS"), **more):
    """A function that writes a table of molecules and reads it."""
    cells = NAMES if smiles is None else smiles
    values = Y if y is None else y

    def do(folder):
        rows = [("smiles", "logS"), *zip(cells, values)]
        content = (
            raw if raw is not None else end.join(sep.join(map(str, row)) for row in rows) + end
        )
        path = folder / TABLE
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return smiles_table(path, *columns, **more)

    return do


def has(smiles=None, y=None):
    """Check SMILES and targets."""
    texts = list(CANONICAL.values()) if smiles is None else smiles
    values = torch.tensor(Y if y is None else y, dtype=torch.float32)

    def check(found):
        for a, b in zip(found.smiles, texts):
            if a != b:
                return f"SMILES {a!r}, expected {b!r}"
        if len(found.smiles) != len(texts) or not torch.equal(found.y.float(), values):
            return f"targets {found.y.tolist()[:4]}, expected {values.tolist()[:4]}"
        return None

    return check


def with_one(cells, odd, k=7):
    return [odd if i == k else cell for i, cell in enumerate(cells)]


def tables():
    fine = {
        "plain": {}, "CRLF": {"end": "\r\n"}, "semicolon": {"sep": ";", "separator": ";"},
        "tab": {"sep": "\t", "separator": "\t"}, "unit": {"unit": "mol/L"},
    }  # fmt: skip
    for name, more in fine.items():
        yield equal(f"molecules: {name}", molecules(**more), has())
    wrong = {
        "unclosed ring": "c1ccccc", "five bonds": "C(C)(C)(C)(C)C", "unclosed bracket": "CC(", "a name": "ethanol",
        "aromatic chain": "cco", "InChI": "InChI=1S/CH4/h1H4", "empty": "", "a number": "12.5", "NaN": "nan",
        "formula": "C6H6", "reaction": "CCO>>CC=O", "question mark": "?", "unknown element": "[Xx]", "dash": "-",
        "arrow": "C→C", "CAS": "64-17-5", "quote": "'CCO'", "two rings": "C12CC1", "text": "not measured",
        "sodium": "Na", "accent": "CÉO", "open charge": "[NH4+", "Excel": "#N/A", "slash": "C\\\\C//C(", "spaces": "   ",
    }  # fmt: skip
    for name, odd in wrong.items():
        for k in (0, 7, 14):
            yield refuse(
                f"molecules: {name} in row {k + 2}", molecules(with_one(NAMES, odd, k)), TABLE
            )
    for odd in ("CCO ethanol", "CCO\tethanol", "CCO |c:1|"):
        yield either(f"molecules: {odd!r}", molecules(with_one(NAMES, odd)),
                     has(with_one(list(CANONICAL.values()), "CCO")), TABLE)  # fmt: skip
    for odd in ("", "NA", "nan", "?", "inf", "-inf", "1e39", "1e400", "high", "active", "<0.1", "10%", "1.2.3",
                "5 mM", "-", "#N/A", "1_000", "0x10", "2021-01-05", "1±0.1", "True"):  # fmt: skip
        for k in (0, 7):
            yield refuse(
                f"molecules: target {odd!r}, row {k + 2}", molecules(y=with_one(Y, odd, k)), TABLE
            )
    yield either("molecules: minus sign U+2212", molecules(y=with_one(Y, "−5")), has(
        y=with_one(Y, -5.0)), TABLE)  # fmt: skip
    comma = [str(v).replace(".", ",") for v in Y]
    yield either(
        "molecules: decimal comma", molecules(y=comma, sep=";", separator=";"), has(), TABLE
    )
    for name, values in {
        "text labels": ["active", "inactive"] * 7 + ["active"], "all missing": [""] * 15, "constant": [1.5] * 15,
        "epoch seconds": [1_600_000_000 + k for k in range(15)], "dates": ["2021-01-05"] * 15,
        "-999 in three rows": [-999 if k % 5 == 0 else v for k, v in enumerate(Y)],
    }.items():  # fmt: skip
        if name == "text labels":
            yield either("molecules: text labels", molecules(y=values), lambda t: None if set(
                map(int, t.y)) == {0, 1} else "labels lost", TABLE)  # fmt: skip
        else:
            yield refuse(f"molecules: target {name}", molecules(y=values), TABLE)
    labels = [k % 2 for k in range(15)]
    yield either("molecules: target 0/1", molecules(y=labels), has(y=labels), TABLE)
    yield either("molecules: every molecule twice", molecules(NAMES * 2, Y * 2), has(
        list(CANONICAL.values()) * 2, Y * 2), TABLE)  # fmt: skip
    index = "\n".join([",smiles,logS", *(f"{k},{s},{v}" for k, (s, v) in enumerate(zip(NAMES, Y)))])
    yield either("molecules: an index not asked for", molecules(raw=index), has(), TABLE)
    for columns in (("SMILES", "logS"), ("smiles", "logP"), ("logS", "smiles"), ("smiles", "smiles"),
                    (None, "logS"), (["smiles"], "logS"), ("smiles", 1)):  # fmt: skip
        yield refuse(f"molecules: columns {columns}", molecules(columns=columns), TABLE, "column")
    for name, raw in {
        "empty": "", "header only": "smiles,logS\n", "ragged": "smiles,logS\nCC,1\nC\n", "twice": "smiles,smiles\nC,1\n",
        "latin-1": b"smiles,logS\nCC,1 \xb5\n", "Excel": b"PK\x03\x04" + bytes(64), "NUL": "smiles,logS\nC\0C,1\n",
        "no header": "CC,1\nCCC,2\n", "SDF": "ethanol\n  RDKit\n\n  3  2  0\n",
        "open quote": 'smiles,logS\n"CC,1\nC,2\n',
    }.items():  # fmt: skip
        yield refuse(f"molecules: file {name}", molecules(raw=raw), TABLE)
    for sep in ("", ";;", None, 3):
        yield refuse(f"molecules: separator={sep!r}", molecules(separator=sep), TABLE, "separator")
    yield refuse("molecules: no file", lambda f: smiles_table(
        f / TABLE, "smiles", "logS"), TABLE, errors=ERRORS)  # fmt: skip

    def pipe(folder):
        os.mkfifo(folder / TABLE)
        return smiles_table(folder / TABLE, "smiles", "logS")

    yield refuse("molecules: a pipe", pipe, TABLE, errors=ERRORS)


def outsider():
    """What an outsider's FASTA files, tables and calls did without a word."""

    def named(*labels, **more):
        return read(
            written([(f"g{k} {label}", sequence(k, 9)) for k, label in enumerate(labels)]), **more
        )

    yield refuse("labels in two spellings", named("t=Enz", "t=enz", "t=b", label="t=(.*)"), "alike")
    yield refuse("a constant label", named("t=a", "t=a", label="t=(.*)"), "learned")
    yield refuse("groups in two spellings", named("P 1", "P\u00a01", "b", groups=" (.*)"), "alike")
    yield refuse("groups that some names lack", named("p1", "q2", groups="g[0-9] (p1)?"), "group")
    yield refuse("FASTA in gzip", read(gzip.compress(written(TRUE).encode())), "gzip")

    def molecules(cells, target="y", **more):
        def do(folder):
            rows = [f"{'C' * (k + 1)},{cell}" for k, cell in enumerate(cells)]
            (folder / TABLE).write_text("s,y\n" + "\n".join(rows) + "\n")
            return smiles_table(folder / TABLE, "s", target, **more)

        return do

    shares, epoch = [f"{k}%" for k in range(9)], [str(1_600_000_000 + k) for k in range(9)]
    yield refuse("a target in %", molecules(shares), "percent=")
    yield equal("a target in %, said", molecules(shares, percent="y"), lambda d: (
        None if torch.allclose(d.y, torch.arange(9) / 100) else f"{d.y}"))  # fmt: skip
    yield refuse("a target of seconds", molecules(epoch), "numeric=")
    yield equal("a target of seconds, said", molecules(epoch, numeric="y"), lambda d: (
        None if len(d.y) == 9 else f"{d.y}"))  # fmt: skip
    for function in (four_numbers, fingerprints, counts, scaffolds):
        for what in ("CCO", [], [None]):
            yield refuse(
                f"{function.__name__} of {what!r}", lambda f, g=function, w=what: g(w), "SMILES"
            )
    yield refuse("fingerprints of 0 bits", lambda f: fingerprints(["C"], bits=0), "bits")
    yield refuse("counts of size -1", lambda f: counts(["C"], size=-1), "size")
    table_ = Table(torch.zeros(2, 1), torch.tensor([0, 1]), ["mass"], ["a", "b"])
    yield refuse(
        "edges to a bundled table", lambda f: edge_list(f / "e.csv", table_, "name"), "own.table"
    )

    def hours(step=1, extra="", n=9):
        rows = [f"{k * step},{60 + k * k % 7}{extra}" for k in range(n)]
        return "hour,pulse" + ",more" * bool(extra) + "\n" + "\n".join(rows) + "\n"

    def again(second, first=None, **more):
        def do(folder):
            (folder / "a.csv").write_text(first or hours())
            (folder / "b.csv").write_text(second)
            return series_again(
                folder / "b.csv", series(folder / "a.csv", "hour", **more).decisions
            )

        return do

    yield equal(
        "a second series", again(hours(n=5)), lambda d: None if len(d.x) == 5 else "rows lost"
    )
    yield refuse("a second series with another step", again(hours(60)), "steps of 1")
    yield refuse("a second series with a new column", again(hours(extra=",1")), "more")
    two = (
        "hour,pulse,who\n"
        + "\n".join(f"{k % 5},{60 + k * k % 7},{'ab'[k // 5]}" for k in range(10))
        + "\n"
    )
    yield refuse("a second series without its groups", again(hours(), two, groups="who"), "who")
    years = "day,pulse\n" + "\n".join(f"01.01.{65 + k},{60 + k * k % 7}" for k in range(8)) + "\n"

    def old(folder):
        (folder / "a.csv").write_text(years)
        return series(folder / "a.csv", "day", dates={"day": "%d.%m.%y"}, gaps=True)

    yield refuse("a series from 1965, two digits", old, "century")

    def cells(labels, groups=None):
        def do(folder):
            import anndata

            draws = np.random.default_rng(0).poisson(2, (6, 4)).astype(np.float32)
            obs = pandas.DataFrame(
                {"ct": labels, "who": groups or labels}, index=[f"c{k}" for k in range(6)]
            )
            anndata.AnnData(draws, obs=obs).write_h5ad(folder / "a.h5ad")
            return h5ad(folder / "a.h5ad", "ct", groups="who" if groups else None)

        return do

    for word in ("nan", "NA", "unassigned"):
        yield refuse(f"cells called {word}", cells(["T", "B", word] * 2), "ct")
    yield refuse("cells T and t", cells(["T", "t", "B"] * 2), "alike")
    yield refuse("donors P1 and p1", cells(["T", "B"] * 3, ["P1", "p1"] * 3), "alike")


FAMILIES = {
    "sequences: an outsider's files": outsider,
    "sequences: FASTA": sequences,
    "sequences: molecules": tables,
}
