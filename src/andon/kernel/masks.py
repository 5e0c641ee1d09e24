"""The secret values that this server knows, as what masks them; one for the whole server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from andon.kernel.masking import MaskedStream, Needles
from andon.kernel.secret_forms import forms_of, forms_of_key, forms_of_named


class Masks:
    """Learns values and forgets none: what is stored and shown stays masked when a value is replaced or removed."""

    def __init__(self) -> None:
        self._forms: set[bytes] = set()
        self._needles: Needles | None = Needles()

    @property
    def needles(self) -> Needles:
        """All that is masked now; made anew when a value was learned since."""
        if self._needles is None:
            self._needles = Needles.of(tuple(self._forms))
        return self._needles

    def learn(self, value: str) -> None:
        """Mask this value from now on."""
        self._add(forms_of(value))

    def learn_key(self, key: bytes) -> None:
        """Mask this key from now on, as bytes and as text."""
        self._add(forms_of_key(key))

    def learn_variables(self, variables: Mapping[str, str]) -> None:
        """Mask the values whose names say that they are secret, and the passwords in the others."""
        for name, value in variables.items():
            self._add(forms_of_named(name, value))

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self.needles.mask_text(text)

    def stream(self) -> MaskedStream:
        """Masks one stream of bytes, with what is known now."""
        return MaskedStream(self.needles)

    def _add(self, forms: Iterable[bytes]) -> None:
        new = set(forms) - self._forms
        if new:
            self._forms |= new
            self._needles = None
