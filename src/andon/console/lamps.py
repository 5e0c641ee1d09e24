"""The shape and the style of every state that is shown, so that the same state looks the same everywhere."""

from __future__ import annotations

#: shape and style by state; the web's lamps have the same shapes
LAMPS = {
    "success": ("✓", "good"),
    "green": ("●", "good"),
    "verified": ("✓", "good"),
    "passed": ("✓", "good"),
    "reused": ("✓", "quiet"),
    "failure": ("✗", "bad"),
    "red": ("▲", "bad"),
    "failed": ("✗", "bad"),
    "refused": ("✗", "bad"),
    "error": ("!", "bad"),
    "pulled": ("■", "bad"),
    "stopped": ("■", "bad"),
    "cancel": ("⊘", "warn"),
    "skip": ("○", "quiet"),
    "skipped": ("○", "quiet"),
    "cancelled": ("⊘", "warn"),
    "rolled back": ("◆", "warn"),
    "amber": ("◆", "warn"),
    "warning": ("!", "warn"),
    "partial": ("◐", "warn"),
    "running": ("▸", "accent"),
    "started": ("▸", "accent"),
    "waiting": ("…", "quiet"),
    "queued": ("…", "quiet"),
    "offered": ("…", "quiet"),
    "idle": ("○", "quiet"),
}
