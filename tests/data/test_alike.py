from helpers.data.alike import looks, twins


def test_what_a_reader_cannot_tell_apart_looks_alike():
    assert looks("wild\u00a0 type\u200b") == looks("Wild type") == "wild type"
    assert looks("e\u0301") == looks("\u00e9")
    assert looks("\u00b5") == looks("\u03bc")
    assert looks("1") == looks("01") == looks("1.0") != looks("10")
    assert looks("1.10") != looks("1.1")  # two versions


def test_capitals_may_tell_names_apart():
    assert twins(["c1ccccc1", "C1CCCCC1"]) == ("c1ccccc1", "C1CCCCC1")
    assert twins(["c1ccccc1", "C1CCCCC1"], capitals=False) is None
    assert twins(["a", "b", "a"]) is None
