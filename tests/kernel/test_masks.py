"""What a server masks: everything that it learned, whatever became of the value."""

from __future__ import annotations

from andon.kernel.masks import Masks


def test_what_is_learned_later_is_masked_from_then_on() -> None:
    masks = Masks()
    assert masks.text("hunter22 and correct-horse") == "hunter22 and correct-horse"
    masks.learn("hunter22")
    masks.learn("correct-horse")
    assert masks.text("hunter22 and correct-horse") == "*** and ***"


def test_variables_are_masked_by_their_names_and_keys_in_every_form() -> None:
    masks = Masks()
    masks.learn_variables({"NPM_TOKEN": "npm-1234567", "LANG": "en_GB.UTF-8"})
    key = bytes(range(200, 232))
    masks.learn_key(key)
    assert masks.text(f"npm-1234567 {key.hex()} en_GB.UTF-8") == "*** *** en_GB.UTF-8"


def test_a_stream_goes_on_with_what_was_known_at_its_beginning() -> None:
    masks = Masks()
    masks.learn("hunter22")
    stream = masks.stream()
    masks.learn("correct-horse")
    assert stream.feed(b"hunter22 correct-horse ") + stream.end() == b"*** correct-horse "
