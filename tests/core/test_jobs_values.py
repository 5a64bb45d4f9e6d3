"""Nothing about a person reaches the job system's own database (decision 19)."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs_values import JobFailed, NotSmall, SmallValues, check_small

MADE_UP_ID = "52039919900101001X"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        3_000_000,
        -1,
        "keys.rotate",
        "v2:key-7",
        "520328000000",
        "2026-11",
        "2026-11-16",
        "6171c1f0-0bf9-4d19-b6b6-1357456946bb",
    ],
)
def test_ids_codes_and_counts_pass(value):
    gate = SmallValues()
    assert gate.deserialize(gate.serialize(value)) == value


def test_a_uuid_passes_as_its_text():
    known = uuid.uuid4()
    assert check_small(known, "here") == str(known)


@pytest.mark.parametrize(
    "value",
    [
        MADE_UP_ID,
        "520399900101001",
        "19900000000",
        19900000000,
        520399199001010011,
        "6222020000000000000",
        "x52039919900101001",
        "张三",
        "Zhang San",
        "湄江街道1号",
        "",
        "a" * 65,
        1.5,
        b"bytes",
        {"name": "张三"},
        [MADE_UP_ID],
        {"args": ["张三"], "kwargs": {}},
        object(),
    ],
)
def test_anything_that_could_be_about_a_person_is_refused_and_not_repeated(value):
    with pytest.raises(NotSmall) as refused:
        SmallValues().serialize(value)
    assert MADE_UP_ID not in str(refused.value)
    assert "张三" not in str(refused.value)


def test_of_an_error_only_its_class_is_kept():
    gate = SmallValues()
    kept = gate.serialize(ValueError(f"{MADE_UP_ID} is wrong"))
    assert MADE_UP_ID not in kept
    back = gate.deserialize(kept)
    assert isinstance(back, JobFailed)
    assert back.code == "ValueError"


@given(st.text(alphabet="0123456789Xx ー-", min_size=11, max_size=25))
def test_no_long_number_passes_as_a_code_unless_it_is_a_region(text):
    digits = sum(character.isdigit() for character in text)
    if digits < 11 or len(text) == 12:
        return
    with pytest.raises(NotSmall):
        check_small(text, "here")
