import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.data.files.reading import read
from engine.data.files.request import Request
from engine.errors import InvalidDataset

CLASSES, VALUES = Request("classification"), Request("regression")
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=64)


def written(folder, text, name="my.csv"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@settings(deadline=None, max_examples=60)
@given(
    arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(2, 5)), elements=FLOATS, unique=True),
    st.sampled_from(",;\t"),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_finite_number_is_read_as_it_was_written(tmp_path_factory, table, delimiter, header, ending):
    lines = [delimiter.join(map(repr, row.tolist())) for row in table]
    if header:
        lines.insert(0, delimiter.join(f"x{column}" for column in range(table.shape[1])))
    dataset = read(written(tmp_path_factory.mktemp("csv"), ending.join(lines) + ending), VALUES)
    assert np.array_equal(dataset.inputs, table[:, :-1])
    assert np.array_equal(dataset.targets, table[:, -1:])


def test_classes_are_named_and_one_hot(tmp_path):
    text = "\ufeffwidth,kind,height\n1,cat,2\n\n3,dog,4\n5,cat,6\n7,ape,8\n"
    dataset = read(written(tmp_path, text), Request("classification", target=("kind",)))
    assert dataset.classes == ("ape", "cat", "dog")
    assert dataset.labels.tolist() == [1, 2, 1, 0]
    assert dataset.targets.tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert dataset.inputs.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert (dataset.facts.name, dataset.facts.outputs, dataset.facts.features) == ("my", 3, 2)


def test_numeric_classes_sort_by_value_and_ignore_their_spelling(tmp_path):
    dataset = read(written(tmp_path, "1,10\n2,9\n3,9.0\n4,010\n"), CLASSES)
    assert dataset.classes == ("9", "10")
    assert dataset.labels.tolist() == [1, 0, 0, 1]


def test_one_hot_columns_are_classes_named_by_their_header(tmp_path):
    text = "x,cat,dog\n1,1,0\n2,0,1\n3,1,0\n"
    dataset = read(written(tmp_path, text), Request("classification", target=("cat", "dog")))
    assert dataset.classes == ("cat", "dog")
    assert dataset.labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize("target", [("y",), (2,), (-2,)])
def test_a_target_is_found_by_name_and_by_position_from_either_end(tmp_path, target):
    dataset = read(written(tmp_path, "a,y,b\n1,2,3\n4,5,6\n"), Request("regression", target=target))
    assert dataset.targets.tolist() == [[2], [5]]
    assert dataset.inputs.tolist() == [[1, 3], [4, 6]]


def test_names_that_are_numbers_are_a_header_when_said_so(tmp_path):
    path = written(tmp_path, "0,1\n5,6\n7,8\n")
    assert len(read(path, VALUES).inputs) == 3
    assert len(read(path, Request("regression", header=True)).inputs) == 2


def test_quoted_cells_may_hold_delimiters_and_line_ends(tmp_path):
    dataset = read(written(tmp_path, 'x,kind\n1,"a,\nb"\n2,c\n3,c\n'), CLASSES)
    assert dataset.classes == ("a,\nb", "c")


def test_a_constant_input_column_is_kept(tmp_path):
    dataset = read(written(tmp_path, "1,5,1\n1,6,2\n"), VALUES)
    assert dataset.inputs.tolist() == [[1, 5], [1, 6]]


REFUSED = {
    "missing": ("a,b\n1,2\n3,\n", VALUES, "line 3, column 'b': the value is missing; fill it in"),
    "missing input": ("1,,2\n3,4,5\n", VALUES, "line 1, column 2: the value is missing"),
    "not available": ("1,2\nNA,4\n", VALUES, "line 2, column 1: the value is missing"),
    "missing class": ("x,k\n1,a\n2,?\n", CLASSES, "line 3, column 'k': the class is missing"),
    "text": ("a,b\nred,2\nblue,3\n", VALUES, "line 2, column 'a': 'red' is not a finite number; leave a text column"),
    "infinity": ("1,2\ninf,4\n", VALUES, "line 2, column 1: 'inf' is not a finite number"),
    "overflow": ("1,2\n1e999,4\n", VALUES, "line 2, column 1: inf is not a finite number"),
    "underscore": ("1,2\n1_0,4\n", VALUES, "'1_0' is not a finite number"),
    "decimal comma": ("1,5;2\n3,5;4\n", VALUES, "line 1, column 1: '1,5' has a decimal comma; write a point"),
    "ragged": ("1,2\n3,4,5\n", VALUES, "line 2 has 3 cells, the first line has 2"),
    "empty": ("", VALUES, "my.csv is empty"),
    "blank": ("\n\n", VALUES, "my.csv is empty"),
    "header alone": ("a,b\n", VALUES, "0 sample: training and validation need at least one each"),
    "one sample": ("a,b\n1,2\n", VALUES, "1 sample"),
    "one column": ("1\n2\n", VALUES, "1 of 1 columns are targets; at least one target and one input"),
    "one class": ("1,a\n2,a\n", CLASSES, r"only one class \(a\)"),
    "constant target": ("1,5\n2,5\n", VALUES, "target column 2 is constant"),
    "constant inputs": ("1,5\n1,6\n", VALUES, "every input column is constant"),
    "measurements": ("\n".join(f"{i},{i / 7}" for i in range(20)), CLASSES, "20 classes in 20 samples"),
    "no such name": (
        "a,b\n1,2\n",
        Request("regression", target=("c",)),
        "no column named 'c'; the columns are 'a', 'b'",
    ),
    "no names": ("1,2\n3,4\n", Request("regression", target=("c",)), "no column named 'c'; there are no column names"),
    "position 0": ("1,2\n3,4\n", Request("regression", target=(0,)), "no column 0; columns are 1 to 2, or -1"),
    "position 3": ("1,2\n3,4\n", Request("regression", target=(3,)), "no column 3"),
    "twice": ("1,2\n3,4\n", Request("regression", target=(2, -1)), "a target column is named twice"),
    "same name": ("a,a\n1,2\n", VALUES, "line 1: two columns are named 'a'"),
    "not one-hot": (
        "1,1,1\n2,0,1\n",
        Request("classification", target=(2, 3)),
        "line 1: the target columns are not one",
    ),
    "latin-1": ("é,b\n1,2\n".encode("latin-1"), VALUES, "my.csv is not UTF-8 text"),
    "open quote": ('a,b\n1,"2\n', VALUES, "my.csv, after line 1: unexpected end of data"),
    "long class": (f"1,{'a' * 300}\n2,b\n", CLASSES, "the class has 300 characters"),
    "large": ("1,2\n3,4\n", Request("regression", limit_bytes=10), "my.csv is larger than 2 bytes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_on_is_refused_with_its_place(tmp_path, case):
    text, request, message = REFUSED[case]
    with pytest.raises(InvalidDataset, match=message):
        read(written(tmp_path, text), request)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidDataset, match=r"cannot read .*nothing.csv: No such file"):
        read(tmp_path / "nothing.csv", VALUES)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="1.5-eE,;\t\"'\n\ra\0 é", max_size=60), st.sampled_from([CLASSES, VALUES]))
def test_any_text_is_a_data_set_or_refused(tmp_path_factory, text, request):
    try:
        dataset = read(written(tmp_path_factory.mktemp("any"), text), request)
    except InvalidDataset:
        return
    assert np.isfinite(dataset.inputs).all()
    assert np.isfinite(dataset.targets).all()
