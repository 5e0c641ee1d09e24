"""Sizes as people write and read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.sizes import GIBIBYTE, MEBIBYTE, parse_size, print_size


@pytest.mark.parametrize(("text", "size"), [("512MiB", 512 * MEBIBYTE), ("1.5 GiB", 3 * GIBIBYTE // 2), ("1KiB", 1024)])
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "2", "2GB", "-1GiB", "GiB", "9999999GiB", "1e3GiB", "٣GiB ", "0GiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_size(text)


@given(st.integers(min_value=1, max_value=99_999))
def test_whole_numbers_of_a_unit_are_printed_so_that_they_read_back(number: int) -> None:
    assert parse_size(print_size(number * MEBIBYTE)) == pytest.approx(number * MEBIBYTE, rel=0.06)


@pytest.mark.parametrize(
    ("size", "text"), [(812, "812 B"), (2 * GIBIBYTE, "2 GiB"), (1500 * MEBIBYTE, "1.5 GiB"), (62 * MEBIBYTE, "62 MiB")]
)
def test_a_size_is_printed_with_its_unit(size: int, text: str) -> None:
    assert print_size(size) == text
