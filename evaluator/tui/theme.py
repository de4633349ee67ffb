"""The colours: quiet, two accents (`$primary` for where you are, `$accent` for what waits), three themes."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from evaluator.language import _

# Literal values for the muted texts: the stock ones are relative to a background, which painted lines do not know.
DARK: Final = Theme(
    name="evaluator-dark",
    primary="#5fb3a8",
    secondary="#5fb3a8",
    accent="#dba453",
    warning="#dba453",
    error="#e2736b",
    success="#5fb3a8",
    foreground="#d9dcd6",
    background="#15191c",
    surface="#1b2024",
    panel="#232a2f",
    dark=True,
    variables={
        "text-muted": "#8d9894",
        "text-disabled": "#4d575b",
        "input-selection-background": "#5fb3a8 35%",
    },
)

LIGHT: Final = Theme(
    name="evaluator-light",
    primary="#0c6b62",
    secondary="#0c6b62",
    accent="#8f5a00",
    warning="#8f5a00",
    error="#a8281e",
    success="#0c6b62",
    foreground="#1e2422",
    background="#faf9f5",
    surface="#f1efe8",
    panel="#e6e3d9",
    dark=False,
    variables={
        "text-muted": "#6a706c",
        "text-disabled": "#b9b8af",
        "input-selection-background": "#0c6b62 25%",
    },
)

CONTRAST: Final = Theme(
    name="evaluator-contrast",
    primary="#ffff00",
    secondary="#ffff00",
    accent="#00ffff",
    warning="#00ffff",
    error="#ff6060",
    success="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    dark=True,
    text_alpha=1.0,
    variables={"text-muted": "#ffffff", "text-disabled": "#c8c8c8"},
)

THEMES: Final = (DARK, LIGHT, CONTRAST)


def theme_label(name: str) -> str:
    """What people call the theme."""
    return {
        DARK.name: _("Dark"),
        LIGHT.name: _("Light"),
        CONTRAST.name: _("High contrast"),
    }.get(name, name)


def known_theme(name: str) -> str:
    """`name` if it is one of ours, else the dark one."""
    return name if name in {theme.name for theme in THEMES} else DARK.name
