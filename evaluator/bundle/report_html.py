"""Markup that cannot be broken by what is put into it: everything is escaped that is not markup already."""

from __future__ import annotations

from html import escape

from evaluator.text import shown

LIMIT = 200_000
"""Characters of one text; longer than any answer may be."""

_VOID = frozenset({"meta", "br", "line", "circle", "polygon", "polyline", "rect", "path"})


class Html(str):
    """Safe markup. Only this module makes it out of foreign text."""

    __slots__ = ()


def text(value: object) -> Html:
    """`value` as text: nothing in it is markup, invisible or active."""
    return Html(escape(shown(value, LIMIT), quote=True))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. Children that are `Html` go in as they are, None is left out, all else becomes text.

    `class_` is written `class`, `aria_label` becomes `aria-label`; an attribute that is None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{written}>" if name in ("meta", "br") else f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def join(*parts: object) -> Html:
    """Markup and texts one after the other."""
    return Html("".join(part if isinstance(part, Html) else text(part) for part in parts if part is not None))


def foreign(name: str, value: object, class_: str = "") -> Html:
    """An element with a text that somebody typed, in whichever direction it is written."""
    return tag(name, value, class_=f"user {class_}".rstrip(), dir="auto")
