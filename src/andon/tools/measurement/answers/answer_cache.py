"""Answers that were given before, as long as nothing is reported that bears on them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from andon.tools.measurement.answers.fact_version import RESTS_ON, WORK, fact_version
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question

T = TypeVar("T")

MOST = 100  #: answers that are kept

#: which kind of answer, about what, and whatever else it depends on
AnswerKey = tuple[str, Question, *tuple[Hashable, ...]]


class AnswerCache:
    """One for a history: the same question about the same facts is answered once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        #: how things stood, and what was answered; the one that was asked for last at the end
        self._answers: OrderedDict[AnswerKey, tuple[Hashable, object]] = OrderedDict()

    def knows(self, history: History, asked: AnswerKey) -> bool:
        """Was it answered, and is nothing new known since?"""
        known = self._answers.get(asked)
        return known is not None and known[0] == _version(history, asked)

    def answer(self, history: History, asked: AnswerKey, make: Callable[[], T]) -> T:
        """What `make` says; `asked` names the question whole."""
        now = _version(history, asked)
        known = self._answers.pop(asked, None)
        if known is None or known[0] != now:
            known = now, make()
        self._answers[asked] = known
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return cast(T, known[1])


def _version(history: History, asked: AnswerKey) -> Hashable:
    kind, question = asked[:2]
    return fact_version(history, question.place.service, RESTS_ON.get(kind, WORK))
