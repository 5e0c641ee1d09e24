"""Starting the server."""

from __future__ import annotations

import os

from andon.up import keep_what_is_open


def test_what_was_open_at_the_start_goes_no_further() -> None:
    """A descriptor that a shell left open does not reach tasks and services; the three streams do."""
    read, write = os.pipe()
    try:
        for each in (read, write):
            os.set_inheritable(each, True)  # noqa: FBT003  (it takes no keyword)
        keep_what_is_open()
        assert not os.get_inheritable(read)
        assert not os.get_inheritable(write)
        assert os.get_inheritable(2)
    finally:
        os.close(read)
        os.close(write)
