"""Waiting for a fact ends with it, or says what was awaited."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from andon.testing.waiting import until


@pytest.mark.anyio
async def test_the_fact_is_the_answer() -> None:
    """The first truthy answer is given, of a plain and of an async question."""
    plain, slow = count(), count()

    async def question() -> int:
        return next(slow)

    assert await until(lambda: next(plain)) == 1
    assert await until(question) == 1


@pytest.mark.anyio
async def test_the_deadline_names_the_fact() -> None:
    """A fact that does not come is named with the last answer."""
    with pytest.raises(TimeoutError, match=r"the run to end; last seen: \[\]"):
        await until(list, within=timedelta(milliseconds=20), what="the run to end")
