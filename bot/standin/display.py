"""Is there a screen on which a browser could show something? A browser in a terminal would take the terminal away."""

import os
import sys


def has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
