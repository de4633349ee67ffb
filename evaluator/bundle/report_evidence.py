"""The register of evidence in a report: what each piece is, who holds it, who verified it, and its hash."""

from __future__ import annotations

from evaluator import language
from evaluator.bundle.report_data import Dossier, day, sequence, string
from evaluator.bundle.report_html import Html, foreign, tag
from evaluator.language import _


def register(dossier: Dossier) -> Html | None:
    """Every piece of evidence; None if there is none."""
    if not dossier.evidence:
        return None
    uses: dict[str, list[str]] = {}
    for answer in dossier.answers.values():
        for name in sequence(answer.entry.get("evidence")):
            uses.setdefault(string(name), []).append(answer.path)
    pieces = [_piece(dossier, name, uses.get(name, [])) for name in dossier.evidence]
    return tag(
        "section",
        tag("h2", _("Register of evidence"), id="evidence"),
        tag(
            "p",
            _(
                "The files lie beside this report in the bundle. A file is the one listed here if it has this SHA-256."
            ),
            class_="quiet",
        ),
        *pieces,
    )


def _piece(dossier: Dossier, name: str, uses: list[str]) -> Html:
    number, piece = dossier.evidence[name]

    def said(key: str) -> str:
        return string(piece.get(key))

    title = said("title") or said("name")
    kind = dossier.choice(dossier.instrument.evidence_types, said("type"))
    verified = ""
    if said("verified_by"):
        verified = ", ".join(filter(None, (said("verified_by"), day(piece.get("verified_at")))))
    facts = (
        (_("Holder"), said("holder")),
        (_("Date"), day(piece.get("date"))),
        (_("Page or place"), said("page")),
        (_("Caption"), said("caption")),
        (_("Verified"), verified or _("not verified")),
        (_("Supports"), ", ".join(uses)),
        (_("File"), " · ".join(filter(None, (said("name"), said("file"), _size(piece.get("bytes")))))),
    )
    lines = [part for name_, value in facts if value for part in (tag("dt", name_), foreign("dd", value))]
    return tag(
        "div",
        tag(
            "h4",
            tag("span", name, class_="code"),
            " ",
            foreign("span", title),
            tag("span", kind, class_="chip") if kind else None,
        ),
        tag("dl", *lines, tag("dt", "SHA-256"), tag("dd", tag("code", said("sha256"), class_="hash"))),
        class_="card",
        id=f"evidence-{number}",
    )


def _size(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return ""
    if value < 1_000_000:
        return _("{size} bytes").format(size=language.number(value))
    return _("{size} MB").format(size=language.number(f"{value / 1_000_000:.1f}"))
