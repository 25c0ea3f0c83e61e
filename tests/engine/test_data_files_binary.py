import gzip
import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.data.files.reading import read
from engine.data.files.request import Request
from engine.errors import InvalidDataset

CLASSES, VALUES = Request("classification"), Request("regression")
IDX_CODES = {">u1": 8, ">i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}
IMAGES = np.arange(4 * 3 * 2).reshape(4, 3, 2)
LABELS = np.array([0, 1, 1, 0])


def idx(values, dtype=">u1"):
    values = np.asarray(values).astype(dtype)
    return (
        bytes([0, 0, IDX_CODES[dtype], values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()
    )


def npy(values, **options):
    buffer = io.BytesIO()
    np.save(buffer, values, **options)
    return buffer.getvalue()


def claiming(shape, descr="<f8"):
    """An NPY file whose header states this shape, followed by eight bytes."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(8)


def written(folder, content, name):
    path = folder / name
    path.write_bytes(content)
    return path


def archive(folder, **members):
    path = folder / "my.npz"
    np.savez(path, **members)
    return path


@settings(deadline=None, max_examples=60)
@given(
    arrays(
        st.sampled_from(["<f8", ">f4", "<i2", "u1", ">i8"]),
        st.tuples(st.integers(2, 8), st.integers(2, 5)),
        elements=st.integers(0, 100),
        unique=True,
    ),
    st.booleans(),
)
def test_an_npy_table_of_any_type_and_order_is_read(tmp_path_factory, table, fortran_order):
    content = npy(np.asfortranarray(table) if fortran_order else table)
    dataset = read(written(tmp_path_factory.mktemp("npy"), content, "my.npy"), VALUES)
    assert np.array_equal(dataset.inputs, table[:, :-1])
    assert np.array_equal(dataset.targets, table[:, -1:])


@pytest.mark.parametrize("names", [("inputs", "targets"), ("X", "y"), ("data", "target"), ("x_train", "y_train")])
def test_an_npz_file_holds_inputs_and_targets_under_the_usual_names(tmp_path, names):
    dataset = read(archive(tmp_path, **dict(zip(names, (IMAGES, LABELS), strict=True)), other=np.ones(3)), CLASSES)
    assert dataset.inputs.tolist() == IMAGES.reshape(4, 6).tolist()
    assert dataset.labels.tolist() == LABELS.tolist()


def test_npz_targets_may_be_one_hot_text_or_chosen_by_name(tmp_path):
    one_hot = read(archive(tmp_path, x=IMAGES, y=np.eye(2)[LABELS]), CLASSES)
    assert one_hot.labels.tolist() == LABELS.tolist()
    text = read(archive(tmp_path, x=IMAGES, y=np.array(["b", "a", "a", "b"])), CLASSES)
    assert (text.classes, text.labels.tolist()) == (("a", "b"), [1, 0, 0, 1])
    chosen = read(archive(tmp_path, x=IMAGES, y=LABELS, z=LABELS * 2.5), Request("regression", target=("z",)))
    assert chosen.targets[:, 0].tolist() == [0.0, 2.5, 2.5, 0.0]


@pytest.mark.parametrize("dtype", IDX_CODES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_files_are_read_plain_and_gzipped(tmp_path, dtype, pack):
    labels = written(tmp_path, pack(idx(LABELS)), "labels")
    images = written(tmp_path, pack(idx(IMAGES, dtype)), "images")
    dataset = read(images, Request("classification", labels_path=labels))
    assert dataset.inputs.tolist() == IMAGES.reshape(4, 6).tolist()
    assert dataset.targets.tolist() == np.eye(2)[LABELS].tolist()


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


FINE = np.arange(8.0).reshape(4, 2)
WITH_NAN = np.array([[1.0, 2.0], [np.nan, 4.0]])
REFUSED_NPY = {
    "pickled": (npy(np.array([[Trap(), Trap()]] * 2), allow_pickle=True), "holds object; save plain numbers"),
    "huge": (claiming((10**9, 10**9)), r"would take 8000000000000000000 bytes; the limit is 1000000000"),
    "bytes as float64": (claiming((10**8, 2), "|u1"), "would take 1600000000 bytes"),
    "longer than its file": (claiming((100, 2)), "its header states 1600 bytes, 8 are there"),
    "negative": (claiming((-1, 2)), "its header states -16 bytes, 8 are there"),
    "code": (claiming("__import__('os').abort()"), "not a readable NPY file"),
    "cut in its header": (npy(FINE)[:40], "not a readable NPY file"),
    "trailing bytes": (npy(FINE) + b"x", "its header states 64 bytes, 65 are there"),
    "structured": (npy(np.zeros(3, dtype="f8,i4")), "save plain numbers"),
    "complex": (npy(FINE * 1j), "holds complex128, not real numbers"),
    "three axes": (npy(IMAGES), r"has shape \(4, 3, 2\); a table has \(samples, columns\)"),
    "no rows": (npy(np.zeros((0, 2))), "is empty"),
    "not a number": (npy(WITH_NAN), "row 2, column 1: nan is not a finite number; fill it in"),
}


@pytest.mark.parametrize("case", REFUSED_NPY)
def test_npy_files_that_lie_or_hold_something_else_are_refused(tmp_path, case):
    content, message = REFUSED_NPY[case]
    with pytest.raises(InvalidDataset, match=message):
        read(written(tmp_path, content, "my.npy"), VALUES)


def test_npz_files_that_lie_or_hold_something_else_are_refused(tmp_path):
    with pytest.raises(InvalidDataset, match="must hold inputs and targets, or x and y; it holds a, b"):
        read(archive(tmp_path, a=FINE, b=FINE), VALUES)
    with pytest.raises(InvalidDataset, match="must hold 'z' beside inputs"):
        read(archive(tmp_path, x=FINE, y=FINE), Request("regression", target=("z",)))
    with pytest.raises(InvalidDataset, match="4 rows of inputs, but 3 of targets"):
        read(archive(tmp_path, x=FINE, y=FINE[:3]), VALUES)
    with pytest.raises(InvalidDataset, match="more than 64 members"):
        read(archive(tmp_path, **{f"m{number}": FINE for number in range(65)}), VALUES)
    with pytest.raises(InvalidDataset, match="save plain numbers"):
        read(archive(tmp_path, x=np.array([Trap()]), y=FINE), VALUES)
    with pytest.raises(InvalidDataset, match="not a readable NPZ file"):
        read(written(tmp_path, archive(tmp_path, x=FINE, y=FINE).read_bytes()[:-30], "cut.npz"), VALUES)
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("x.npy", claiming((2_500_000, 2))[:-8] + bytes(40_000_000))
        bomb.writestr("y.npy", npy(FINE))
    with pytest.raises(InvalidDataset, match="would take 40000000 bytes; the limit is 1000000"):
        read(tmp_path / "bomb.npz", Request("regression", limit_bytes=1_000_000))


def test_idx_files_that_lie_or_stand_alone_are_refused(tmp_path):
    labels = Request("classification", labels_path=written(tmp_path, idx(LABELS), "labels"))
    images = idx(IMAGES)
    refused = {
        images[:-1]: "its header states 24 bytes of values, only 23 are there",
        images + b"x": "its header states 24 bytes of values, more are there",
        images[:6]: "ends within its header",
        b"\0\0\x07\x01" + images[4:]: "is not an IDX file: it begins with 00 00 07 01",
        b"\0\0\x08\x02" + b"\xff" * 8: "the limit is 1000000000",
        gzip.compress(images)[:-9]: "damaged gzip file",
        gzip.compress(b"hello there"): "is not an IDX file",
        idx(IMAGES[:3]): "3 rows of inputs, but 4 of targets",
        idx(np.zeros((0, 3))): "is empty",
    }
    for content, message in refused.items():
        with pytest.raises(InvalidDataset, match=message):
            read(written(tmp_path, content, "images"), labels)
    with pytest.raises(InvalidDataset, match="name the IDX file of its labels too"):
        read(written(tmp_path, images, "images"), CLASSES)


ARCHIVE = io.BytesIO()
np.savez_compressed(ARCHIVE, x=FINE, y=LABELS)
SOUND = [npy(FINE), ARCHIVE.getvalue(), idx(IMAGES), gzip.compress(idx(IMAGES))]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SOUND), st.data())
def test_a_damaged_file_is_a_data_set_or_refused(tmp_path_factory, content, data):
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("damaged")
    labels = written(folder, idx(LABELS), "labels")
    try:
        dataset = read(written(folder, bytes(content), "my"), Request("regression", labels_path=labels))
    except InvalidDataset:
        return
    assert np.isfinite(dataset.inputs).all()


def test_a_pickle_is_not_a_data_set(tmp_path):
    with pytest.raises(InvalidDataset):
        read(written(tmp_path, pickle.dumps(Trap()), "my.pkl"), VALUES)
