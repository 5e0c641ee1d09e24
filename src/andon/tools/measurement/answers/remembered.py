"""Answers that were given before, as long as nothing new is known."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from andon.tools.measurement.model.history import History

T = TypeVar("T")

MOST = 200  #: answers that are kept


class Remembered:
    """One for a server: the same question about the same facts is answered once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._about: tuple[int, int] = (0, -1)
        self._answers: OrderedDict[Hashable, object] = OrderedDict()

    def answer(self, history: History, asked: Hashable, make: Callable[[], T]) -> T:
        """What `make` says; `asked` names the question whole, with what kind of answer it wants."""
        about = (id(history), history.revision)
        if about != self._about:
            self._answers.clear()
            self._about = about
        if asked not in self._answers:
            self._answers[asked] = make()
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        self._answers.move_to_end(asked)
        return cast(T, self._answers[asked])
