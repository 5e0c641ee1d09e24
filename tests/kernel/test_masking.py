"""Masking streams: every needle is masked, whatever pieces the stream comes in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from andon.kernel.masking import LONGEST_NEEDLE, MaskedStream, Needles

#: few letters, so that needles overlap, repeat and begin alike
needles = st.lists(
    st.binary(min_size=1, max_size=6).map(lambda b: bytes(97 + x % 3 for x in b)), min_size=1, max_size=8
)
texts = st.binary(max_size=60).map(lambda drawn: bytes(97 + each % 4 for each in drawn))


def in_pieces(found: Needles, text: bytes, cuts: list[int]) -> bytes:
    stream = MaskedStream(found)
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return b"".join(stream.feed(text[a:b]) for a, b in pairwise(ends)) + stream.end()


@given(needles, texts, st.lists(st.integers(0, 60)))
@example([b"ab", b"abcc"], b"aabccab", [3])
def test_the_pieces_of_a_stream_make_no_difference(forms: list[bytes], text: bytes, cuts: list[int]) -> None:
    found = Needles.of(forms)
    assert in_pieces(found, text, cuts) == found.mask(text)


@given(needles, texts)
def test_no_needle_is_left(forms: list[bytes], text: bytes) -> None:
    masked = Needles.of(forms).mask(text)
    assert not any(form in masked for form in forms)


@given(needles, texts)
def test_text_without_a_needle_stays_as_it_is(forms: list[bytes], text: bytes) -> None:
    if not any(form in text for form in forms):
        assert Needles.of(forms).mask(text) is text


def test_the_longest_needle_counts_and_neighbours_give_one_mask() -> None:
    found = Needles.of([b"hunter", b"hunter22", b"secret"])
    assert found.mask(b"a hunter22secret, hunter2") == b"a ***, ***2"


def test_a_long_value_is_masked_with_one_mask_and_bounded_memory() -> None:
    value = bytes(range(33, 127)) * 500
    stream = MaskedStream(Needles.of([value]))
    said = stream.feed(b"key: " + value[:-1])
    assert said.startswith(b"key: ***")
    assert said + stream.feed(value[-1:] + b" end") + stream.end() == b"key: *** end"
    assert all(len(needle) <= LONGEST_NEEDLE for needle in Needles.of([value]).needles)


def test_only_what_may_become_a_needle_is_held_back() -> None:
    stream = MaskedStream(Needles.of([b"hunter22"]))
    assert stream.feed(b"line\nhunt") == b"line\n"
    assert stream.feed(b"ing") == b"hunting"
    assert stream.end() == b""


def test_texts_are_masked_as_bytes_are() -> None:
    found = Needles.of(["pä$$wörd".encode()])
    assert found.mask_text("the pä$$wörd is good") == "the *** is good"
    assert found.mask_text("\udcff stays") == "\udcff stays"
    assert not Needles.of([])


def test_half_a_needle_is_not_left_to_whoever_goes_on() -> None:
    """The next one does not know of it, and would write the other half beside it."""
    stream = MaskedStream(Needles.of([b"hunter22"]))
    assert stream.feed(b"say hunt") + stream.leave() == b"say ***"
    assert MaskedStream(Needles.of([b"hunter22"])).leave() == b""
