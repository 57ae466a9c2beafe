import pytest
import torch

from helpers.data.sequences import fasta, smiles_table, texts


def test_smiles_table(write):
    data = smiles_table(write("m,y\nOCC,1\nC1=CC=CC=C1,2.5\n"), "m", "y", unit="log mol/L")
    assert (data.smiles, data.y.tolist(), data.unit) == (["CCO", "c1ccccc1"], [1, 2.5], "log mol/L")
    with pytest.raises(ValueError, match="row 3, column 'm': expected a SMILES .* found 'C1C'"):
        smiles_table(write("m,y\nCC,1\nC1C,2\n"), "m", "y")
    with pytest.raises(ValueError, match="row 3, column 'y': expected a number, found 'big'"):
        smiles_table(write("m,y\nCC,1\nCCC,big\n"), "m", "y")
    with pytest.raises(ValueError, match="no column 'SMILES', its columns are m, y"):
        smiles_table(write("m,y\nCC,1\n"), "SMILES", "y")


def test_fasta(write):
    data = fasta(write(">a human\nacg\n\nT\n>b\nGG\n"), alphabet="ACGT")
    assert (data.names, data.sequences) == (["a human", "b"], ["ACGT", "GG"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ACGT\n", "line 1: expected a line that starts with '>', found 'ACGT'"),
        ("", "holds no sequence"),
        (">a\n>b\nA\n", "line 1: record 'a' has no sequence"),
        (">\nA\n", "line 1: expected a name after '>'"),
        (">a\nAC\nA5\n", "line 3, position 2: expected a letter of ACGT, found '5'"),
    ],
)
def test_fasta_errors(write, text, message):
    with pytest.raises(ValueError, match=message):
        fasta(write(text), alphabet="ACGT")


@pytest.mark.parametrize(
    ("y", "settings", "wanted", "classes"),
    [
        ("toxic safe toxic", {}, [1, 0, 1], ["safe", "toxic"]),
        ("0 1 0", {"task": "classification"}, [0, 1, 0], ["0", "1"]),
        ("0 1 0", {"task": "regression"}, [0, 1, 0], []),
        ("0 1 0", {"unit": "counts"}, [0, 1, 0], []),
        ("1.5 - 2", {"missing": ["-"], "unlabelled": "drop"}, [1.5, 2], []),
        ("toxic NA safe", {"missing": ["NA"], "unlabelled": "keep"}, [1, -1, 0], ["safe", "toxic"]),
    ],
)
def test_targets_of_molecules(write, y, settings, wanted, classes):
    text = "m,y\n" + "".join(f"{m},{v}\n" for m, v in zip(("CC", "CCO", "CCC"), y.split()))
    data = smiles_table(write(text), "m", "y", **settings)
    assert (data.y.tolist(), data.classes) == (wanted, classes)
    assert len(data.smiles) == len(data.rows) == len(data.test) == len(wanted)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ("0 1 0", "task='classification' .* task='regression'"),
        ("1.5 NA 2", "row 3, column 'y' .the target.: expected a value, found a missing one"),
        ("1,5 2,5 2,0", "pass decimal=','"),
        ("1.5 -999 2", "found -999"),
    ],
)
def test_targets_of_molecules_are_refused(write, y, sentence):
    text = "m;y\n" + "".join(f"{m};{v}\n" for m, v in zip(("CC", "CCO", "CCC"), y.split()))
    with pytest.raises(ValueError, match=sentence):
        smiles_table(write(text), "m", "y", separator=";")


def test_molecules_twice_in_groups_and_time_without_a_target(write):
    text = "m,batch,day\nCCO,b,2\nOCC,a,1\nC,b,3\n"
    with pytest.raises(ValueError, match="pass groups='batch'"):
        smiles_table(write(text), "m")
    data = smiles_table(write(text), "m", groups="batch", time="day")
    assert (data.groups.tolist(), data.time.tolist(), data.y) == ([1, 0, 1], [2, 1, 3], None)
    assert "1 molecule that stand there twice" in str(data.report)


def test_texts(write):
    data = texts(write('note,ill\n"cough, fever",yes\nnothing,no\n'), "note", "ill")
    assert data.text == ["cough, fever", "nothing"]
    assert (data.y.tolist(), data.classes, data.train.tolist()) == ([1, 0], ["no", "yes"], [0, 1])
    with pytest.raises(ValueError, match="row 3, column 'note': expected a text, found none"):
        texts(write("note,ill\na,yes\n,no\n"), "note", "ill")


def test_fasta_labels_and_groups_come_from_names(write):
    text = ">a kind=x\nACGT\n>b kind=y\nACGT\n"
    data = fasta(write(text), label="kind=(.)", groups="^(.)")
    assert (data.y.tolist(), data.classes, data.groups.tolist()) == ([0, 1], ["x", "y"], [0, 1])
    assert "1 sequence equal to an earlier one" in str(data.report)
    assert torch.equal(fasta(write(text), label="kind=(.)").y, data.y)
    with pytest.raises(ValueError, match="regular expression with a group in brackets"):
        fasta(write(text), label="kind=.")
    with pytest.raises(ValueError, match="expected a label as 'sort=...' in the name 'a kind=x'"):
        fasta(write(text), label="sort=(.)")
    with pytest.raises(ValueError, match="the name 'a' more than once"):
        fasta(write(">a\nA\n>a\nC\n"))


def test_only_line_ends_end_a_line_of_fasta(write):
    for mark in "\x0b\x0c\x1c\x85\u2028":
        data = fasta(write(f">a{mark}b\nACGT\r\n>c\rGG\n"))
        assert (data.names, data.sequences) == ([f"a{mark}b", "c"], ["ACGT", "GG"])


def test_molecules_are_not_their_own_target(write):
    with pytest.raises(ValueError, match="'m' is both input and target"):
        smiles_table(write("m,y\nCC,1\nC,2\n"), "m", "m")


def test_one_missing_word_is_a_word_not_its_letters(write):
    file = write("m,y\nCC,1.5\nC,gone\nCCC,2.5\n")
    data = smiles_table(file, "m", "y", missing="gone", unlabelled="drop")
    assert data.smiles == ["CC", "CCC"]


def test_unreadable_molecules_are_left_out_and_named(write):
    file = write("m,y\nCC,1.5\nC1C,2.5\nCCO,\nnonsense,3.5\nCCC,4.5\n")
    data = smiles_table(file, "m", "y", unreadable="drop", unlabelled="drop")
    assert (data.smiles, data.y.tolist(), data.rows) == (["CC", "CCC"], [1.5, 4.5], [2, 6])
    assert "left out, not readable: row 3, 5" in str(data.report.notes)
    with pytest.raises(ValueError, match="unreadable='drop' to leave such rows out"):
        smiles_table(file, "m", "y", unlabelled="drop")
    with pytest.raises(ValueError, match="unreadable must be None or 'drop', found 'skip'"):
        smiles_table(file, "m", "y", unreadable="skip")
    with pytest.raises(ValueError, match="expected one readable row, found none"):
        smiles_table(write("m,y\nC1,1\nC2,2\n"), "m", "y", unreadable="drop")


def test_only_molecules_that_stand_there_twice_are_counted(write):
    once = smiles_table(write("m,y\nCC,1.5\nCCC,2\nCCCC,3\n"), "m", "y", groups=None)
    assert "stand there twice" not in str(once.report)
    twice = smiles_table(write("m,y\nOCC,1.5\nCCO,2\nCCC,3\n"), "m", "y", groups=None)
    assert "1 molecule that stand there twice" in str(twice.report)


def test_reports_and_decisions_of_molecules_and_texts(write):
    text = "m,batch,day,y,more\nCCO,b,2,1.5,p\nOCC,a,1,2.5,q\nC,b,3,3.5,p\n"
    data = smiles_table(write(text), "m", "y", groups="batch", time="day", unit="mg")
    assert data.report.head == ("column", "read as", "sample", "values")
    assert data.report.lines == [
        ("m", "input", "CCO", "3 values"), ("batch", "groups", "b", "2 values"), ("day", "time", "2", "3 values"),
        ("y", "target, regression", "1.5", "3 values"), ("more", "ignored", "p", "2 values"),
    ]  # fmt: skip
    assert data.report.notes == ["3 rows", "groups: batch", "1 molecule that stand there twice"]
    assert data.decisions == {
        "reader": "smiles_table", "smiles": "m", "unit": "mg", "separator": ",", "unreadable": None,
        "classes": [],
    }  # fmt: skip
    assert (data.rows, data.test.tolist(), data.unit) == ([2, 3, 4], [False] * 3, "mg")
    assert data.path.endswith("mice.csv")
    notes = texts(
        write("note;ill;who\na;x;p\nb;y;P\nc;x;p\n"), "note", "ill", separator=";", groups=None
    )
    assert notes.report.notes == ["3 rows", "groups: none named"]
    assert notes.report.lines[1] == ("ill", "target, classification", "x", "2 values")
    assert notes.decisions == {
        "reader": "texts",
        "text": "note",
        "separator": ";",
        "classes": ["x", "y"],
    }
    assert (notes.valid.tolist(), notes.test.tolist()) == ([], [])
    bare = texts(write("note\na\nb\n"), "note")
    assert (bare.y, bare.classes, bare.groups, bare.time) == (None, [], None, None)
    assert bare.report.lines == [("note", "input", "a", "2 values")]


def test_capitals_tell_molecules_apart_and_no_patients(write):
    text = "m,who\nCC,p\nC,P\nCCC,p\n"
    assert smiles_table(write("m,who\nCC,p\nC,P\n"), "m", groups="m").groups.tolist() == [1, 0]
    with pytest.raises(ValueError, match="holds 'P' and 'p'|holds 'p' and 'P'"):
        texts(write(text), "m", groups="who")
    lower = smiles_table(write("m,s\nCC,c1ccccc1\nC,C1CCCCC1\n"), "m", groups="s")
    assert len(lower.groups.unique()) == 2


@pytest.mark.parametrize("cell", ["", "C1C", "xyz"])
def test_the_row_of_a_molecule_is_told_word_by_word(write, cell):
    file = write(f"m,y\nCC,1\n{cell},2.5\nC,3\n")
    with pytest.raises(ValueError) as caught:
        smiles_table(file, "m", "y")
    assert str(caught.value) == (
        f"smiles_table: {file}, row 3, column 'm': expected a SMILES that RDKit can read, found "
        f"{cell!r}; pass unreadable='drop' to leave such rows out"
    )


def test_fasta_is_told_word_by_word(write):
    def told(text, **said):
        with pytest.raises(ValueError) as caught:
            fasta(write(text), **said)
        return str(caught.value).replace(str(write("")), "F")

    assert told("") == "fasta: F holds no sequence, expected lines that start with '>'"
    assert told("ACGTACGTACGTACGTACGTAC\n") == (
        "fasta: F, line 1: expected a line that starts with '>', found 'ACGTACGTACGTACGTACGT'"
    )
    assert told(">a\nA\n\n>b\n>c\nA\n") == "fasta: F, line 4: record 'b' has no sequence"
    assert told(">a\nA\n> \nA\n") == "fasta: F, line 3: expected a name after '>', found none"
    assert (
        told(">a\nAé\n") == "fasta: F, line 2, position 2: expected a letter of A to Z, found 'É'"
    )
    assert told(">a\nAC\nAN\n", alphabet=["a", "C"]) == (
        "fasta: F, line 3, position 2: expected a letter of AC, found 'N'"
    )
    assert (
        told(">a\nA\n>b\nA\n>b\nC\n")
        == "fasta: F has the name 'b' more than once, expected one each"
    )
    assert told(">a x\nA\n>b x\nA\n", label=" (.)") == (
        "fasta: F: label=' (.)' finds only 'x', nothing can be learned"
    )
    assert told(">ax\nA\n>bX\nA\n", label=".(.)").startswith(
        "fasta: F, label holds 'X' and 'x', expect"
    )
    assert told(">ax\nA\n>bX\nA\n", groups=".(.)").startswith(
        "fasta: F, groups holds 'X' and 'x', expect"
    )


def test_what_was_read_from_fasta_is_reported(write):
    data = fasta(write(">a\nac*-\n>b\nGG\nG\n"))
    assert data.sequences == ["AC*-", "GGG"]
    assert data.report.notes == ["2 sequences", "letters *-ACG"]
    assert data.report.lines == [("label", ""), ("lengths", "3 to 4"), ("groups", "none named")]
    assert (data.y, data.classes, data.groups, data.rows) == (None, [], None, ["a", "b"])
    assert data.decisions == {"reader": "fasta", "alphabet": None, "classes": []}
    more = fasta(write(">a1\nA\n>b2\nA\n>c1\nA\n"), alphabet="acgt", label=".(.)", groups="(.)")
    assert more.report.notes[-1] == "2 sequences equal to an earlier one"
    assert more.report.lines == [("label", "1, 2"), ("lengths", "1 to 1"), ("groups", "(.)")]
    assert (more.decisions["alphabet"], more.decisions["classes"]) == ("ACGT", ["1", "2"])


def test_texts_of_numbers_dates_and_shares(write):
    data = texts(write("t,y,d\na,5%,03.01.1970\nb,7%,01.01.1970\n"), "t", "y", percent="y", time="d",
                 dates={"d": "%d.%m.%Y"})  # fmt: skip
    assert data.y.tolist() == pytest.approx([0.05, 0.07])
    assert data.time.tolist() == [2, 0]
    file = write("m;y\nCC;1.234,5\nC;2.345,5\n")
    found = smiles_table(file, "m", "y", decimal=",", thousands=".", separator=";")
    assert found.y.tolist() == [1234.5, 2345.5]
    assert smiles_table(write("m,y\nCC,5\nC,-999\nCCC,6\n"), "m", "y", numeric="y").y.tolist() == [
        5,
        -999,
        6,
    ]
