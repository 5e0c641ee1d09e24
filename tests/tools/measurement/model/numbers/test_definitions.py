"""Whose definitions a number follows."""

from __future__ import annotations

from itertools import product

import pytest

from andon.kernel.errors import Invalid
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.numbers.definitions import DEFINITIONS, definition
from andon.tools.measurement.model.numbers.dora import METRICS
from tests.tools.measurement.telling import change, commit, deployed, incident, measured


def test_the_named_ones() -> None:
    """DORA's first, which holds unless another is asked for."""
    assert list(DEFINITIONS) == ["dora", "devlake", "datadog", "gitlab", "four-keys", "middleware"]
    assert definition("devlake").title == "Apache DevLake"


@pytest.mark.parametrize(
    ("name", "hint"), [("devlak", 'Did you mean "devlake"?'), ("xyz", "Known here: dora, devlake, datadog")]
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, hint: str) -> None:
    """Or with all of them."""
    with pytest.raises(Invalid) as refused:
        definition(name)
    assert hint in str(refused.value)


def test_every_number_says_its_definition_in_words() -> None:
    """Whole sentences, and different ones where the definitions differ."""
    history = History([commit(1), commit(2, 1), change(2, 0, 1), deployed(1, 1), deployed(2, 2), incident(1, 3, 4)])
    words = {
        (name, metric): measured(history, metric, name).definition for name, metric in product(DEFINITIONS, METRICS)
    }
    assert all(text.endswith(".") and len(text) > 60 for text in words.values())
    assert len({words[name, "change-lead-time"] for name in DEFINITIONS}) == 6
    assert "24" in DEFINITIONS["dora"].words
    assert "within 1 d" in words["dora", "change-fail-rate"]
    assert "however long" in words["devlake", "change-fail-rate"]
    assert all(one.words.endswith(".") for one in DEFINITIONS.values())


def test_one_history_gives_very_different_numbers() -> None:
    """Which is why a number never goes without its definition."""
    history = History(
        [
            commit(1),
            commit(2, 1, at=20, authored=2),
            commit(3, 1, 2, at=21),
            change(3, opened=10, merged=21),
            deployed(1, 1),
            deployed(3, 24),
        ]
    )
    leads = {name: measured(history, "change-lead-time", name).value for name in DEFINITIONS}
    assert {name: value and value / 3600 for name, value in leads.items()} == {
        "dora": 4,
        "devlake": 14,
        "datadog": 4,
        "gitlab": 3,
        "four-keys": 3.5,
        "middleware": 14,
    }
