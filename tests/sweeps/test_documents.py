"""Bytes to plain data: what is read, and what is refused where."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps.errors import InvalidSweep, UnknownMediaType
from sweeps.reading.documents import read

JSON = "application/json"
YAML = "application/yaml"

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(categories=["L"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def refusals(text: bytes, media_type: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSweep) as refused:
        read(text, media_type)
    return [(fault.pointer, fault.message) for fault in refused.value.faults]


@settings(deadline=None, max_examples=150)
@given(plain)
def test_json_is_read_as_python_reads_it(document):
    assert read(json.dumps(document).encode(), JSON) == document


@settings(deadline=None, max_examples=150)
@given(plain)
def test_yaml_gives_back_what_json_text_says_because_json_is_yaml(document):
    assert read(json.dumps(document, ensure_ascii=False).encode(), YAML) == document


def test_yaml_reads_numbers_as_people_write_them():
    text = b"[1e-3, 1E3, .5, 1., -2, +3, 1_000, 0x1F, 5.0e-1]"
    assert read(text, YAML) == [0.001, 1000.0, 0.5, 1.0, -2, 3, 1000, 31, 0.5]


def test_yaml_leaves_what_is_ambiguous_as_text():
    assert read(b"[010, 1:30, 2020-01-01, '1', \"true\", =]", YAML) == ["010", "1:30", "2020-01-01", "1", "true", "="]


def test_yaml_takes_one_underscore_between_two_digits_and_leaves_others_as_text():
    assert read(b"[1_0, 1_000.5, 1_, 1__0, +1_0_, 1__0.5, 1_.5, _1]", YAML) == [
        *(10, 1000.5),
        *("1_", "1__0", "+1_0_", "1__0.5", "1_.5", "_1"),
    ]


def test_yaml_knows_the_booleans_and_nulls_of_both_versions():
    assert read(b"[yes, No, on, OFF, true, False, ~, null, ]", YAML) == [
        *(True, False, True, False, True, False),
        *(None, None),
    ]


def test_yaml_keys_are_text_whatever_they_look_like():
    assert read(b"{1: a, yes: b, null: c}", YAML) == {"1": "a", "yes": "b", "null": "c"}


def test_aliases_are_written_out():
    assert read(b"a: &x [1, 2]\nb: *x\nc: {d: *x}", YAML) == {"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2]}}


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_without_a_telling_media_type_the_first_character_decides(media_type):
    assert read(b'{"a":\t1}', media_type) == {"a": 1}  # a tab: not YAML
    assert read(b"a: 1", media_type) == {"a": 1}


def test_media_types_are_read_without_their_parameters_and_with_their_suffix():
    assert read(b'{"a":\t1}', "application/vnd.sweep+json; charset=utf-8") == {"a": 1}


def test_another_media_type_is_refused_as_such():
    with pytest.raises(UnknownMediaType, match="image/png"):
        read(b"a: 1", "image/png")


def test_a_byte_order_mark_is_no_content():
    assert read(b'\xef\xbb\xbf{"a": 1}', JSON) == {"a": 1}


def test_every_fault_of_a_document_is_found_with_its_path():
    text = b'{"a": {"b": 1, "b": NaN}, "c/d": [1e999, -Infinity, "\\ud800", "x\\u0000"]}'
    assert refusals(text, JSON) == [
        ("/a", "has the key 'b' twice"),
        ("/a/b", "is not a finite number (or beyond 1.8e308)"),
        ("/c~1d/0", "is not a finite number (or beyond 1.8e308)"),
        ("/c~1d/1", "is not a finite number (or beyond 1.8e308)"),
        ("/c~1d/2", "holds half a surrogate pair, which is not a character"),
        ("/c~1d/3", "holds a NUL character"),
    ]


def test_yaml_faults_have_the_same_paths_and_words():
    assert refusals(b"a: {b: 1, b: .nan}\nc: [1e999, -.inf]", YAML) == [
        ("/a", "has the key 'b' twice"),
        ("/a/b", "is not a finite number (or beyond 1.8e308)"),
        ("/c/0", "is not a finite number (or beyond 1.8e308)"),
        ("/c/1", "is not a finite number (or beyond 1.8e308)"),
    ]


@pytest.mark.parametrize("media_type", [JSON, YAML])
def test_numbers_of_any_length_are_refused_not_converted(media_type):
    assert refusals(b"[" + b"9" * 100_000 + b"]", media_type)[0][0] == "/0"


@pytest.mark.parametrize(
    "bomb",
    [b"[", b"{", b"{a: ", b"- ", b"? ", b"[*a, ", b"&a ", b"!!str ", b"a: ", b"[[],"],
)
def test_nesting_of_any_depth_is_refused_and_ends_no_process(bomb):
    # libyaml's own composer overflows the C stack on some of these
    assert refusals(bomb * 200_000, YAML)


def test_deep_json_is_refused():
    assert refusals(b"[" * 200_000, JSON) == [("", "is nested too deeply")]
    assert "nested deeper than 32 levels" in refusals(b"[" * 40 + b"]" * 40, JSON)[0][1]


def test_aliases_that_multiply_are_refused_before_they_are_written_out():
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    pointer, message = refusals("\n".join(lines).encode(), YAML)[0]
    assert pointer.startswith("/a")
    assert "larger than 250,000 values" in message


def test_text_that_aliases_multiply_is_refused_before_it_is_written_out():
    text = b"- &a " + b"x" * 100_000 + b"\n" + b"- *a\n" * 1000
    assert refusals(text, YAML) == [("/40", "makes the document larger than 4,000,000 characters")]
    text = b"- &a {" + b", ".join(b"k%0999d: 1" % index for index in range(100)) + b"}\n" + b"- *a\n" * 1000
    assert refusals(text, YAML) == [("/40", "makes the document larger than 4,000,000 characters")]


@pytest.mark.parametrize("media_type", [JSON, YAML])
def test_a_document_has_at_most_a_quarter_of_a_million_values(media_type):
    read(b"[[" + b"1," * 200_000 + b"1]]", media_type)
    assert "250,000 values" in refusals(b"[[" + b"1," * 300_000 + b"1]]", media_type)[0][1]


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (b"[" + b"NaN," * 200_000 + b"1]", JSON),
        (b"[" + b".nan," * 200_000 + b"1]", YAML),
        (b'{"' + b"k" * 1_000_000 + b'": [' + b"NaN," * 1000 + b"1]}", JSON),
        (b'{"' + b"k" * 1_000_000 + b'": {"' + b"l" * 100_000 + b'": 1, "' + b"l" * 100_000 + b'": 1}}', JSON),
        (b"[" + b'"\\u0000",' * 100_000 + b"1]", JSON),
    ],
)
def test_what_is_wrong_throughout_is_answered_in_bearable_length(text, media_type):
    found = refusals(text, media_type)
    assert sum(len(pointer) + len(message) for pointer, message in found) < 250_000
    assert found[0][1]


def test_an_alias_inside_its_own_anchor_is_refused():
    assert "refers to *a" in refusals(b"a: &a [*a]", YAML)[0][1]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"a: !!python/object:os.system 1", "tags are not understood"),
        (b"a: !mine [1]", "tags are not understood"),
        (b"a: {<<: {b: 1}}", "merge key"),
        (b"? [a]\n: 1", "key that is not text"),
        (b"a: 1\n---\nb: 2", "more than one YAML document"),
        (b"a: @", "is not YAML: found character"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_yaml_that_has_no_plain_meaning_is_refused(text, part):
    assert part in refusals(text, YAML)[0][1]


def test_broken_json_is_refused_with_line_and_column():
    message = "is not JSON: Expecting ':' delimiter at line 2, column 6"
    assert refusals(b'{\n "a" 1}', JSON) == [("", message)]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(alphabet="[]{},:&*!?-|>'\"#%@` \nab1e.~<", max_size=80).map(str.encode))
def test_no_bytes_get_past_without_a_value_or_a_refusal(text):
    for media_type in (JSON, YAML):
        with contextlib.suppress(InvalidSweep):
            json.dumps(read(text, media_type), allow_nan=False)
