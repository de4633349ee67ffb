"""The evidence of one question: attach files by path, link, describe, verify, detach."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from evaluator.errors import EvaluatorError
from evaluator.language import _, current, number, parse_day
from evaluator.tui.content import content, fitted, one_line
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.form.fields import Field, Fields
from evaluator.tui.form.page import Key
from evaluator.tui.keys import bindings
from evaluator.tui.rows import Rows
from evaluator.tui.typed_path import is_file, typed_path
from evaluator.tui.work import task
from evaluator.visits.values import EvidenceDetails

if TYPE_CHECKING:
    from evaluator.store.evidence import StoredEvidence
    from evaluator.tui.app import EvaluatorApp
    from evaluator.visits.visit import Visit


class EvidenceDialog(Dialog[None]):
    """Shows the evidence of a question; `files` are attached at once."""

    place = "evidence"
    BINDINGS = bindings("evidence")
    app: EvaluatorApp
    CSS = """
    EvidenceDialog > Vertical { width: 94; height: 80%; }
    EvidenceDialog Rows { background: $surface; height: 1fr; }
    EvidenceDialog .told { height: auto; color: $text-muted; }
    EvidenceDialog .told.-error { color: $error; }
    """

    def __init__(self, visit: Visit, key: Key, name: str, files: tuple[Path, ...] = ()) -> None:
        wanted = visit.filling.question(key).evidence.text(current())
        super().__init__(_("Evidence for {question}").format(question=name), wanted)
        self._visit = visit
        self._key = key
        self._files = files
        self._pieces: tuple[StoredEvidence, ...] = visit.evidence_of(key)

    def compose_body(self) -> ComposeResult:
        yield Rows(self._paint, count=2 * len(self._pieces), selectable=lambda index: index % 2 == 0)
        yield Static(classes="told")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Rows))
        self._say_count()
        if self._files:
            self.attach_at_once(self._files)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("attach", "link", "open", "verify", "detach") and self._visit.read_only:
            return False
        return super().check_action(action, parameters)

    # -- what is shown

    def _paint(self, index: int, width: int) -> Content:
        piece = self._pieces[index // 2]
        if index % 2 == 0:
            mark = "✓" if piece.verified_by else "○"
            kind = type_label(self._visit, piece.type)
            size = size_text(piece.bytes)
            room = max(10, width - len(kind) - len(size) - 8)
            return Content.assemble(
                f"{mark} ", fitted(piece.title or piece.name, room), "  ", kind, "  ", (size, "$text-muted")
            )
        parts = [piece.id, f"SHA-256 {piece.sha256[:12]}"]
        if piece.title:
            parts.append(piece.name)
        parts += [part for part in (piece.holder, piece.date, piece.page) if part]
        parts.append(
            _("verified by {name}").format(name=piece.verified_by) if piece.verified_by else _("not verified")
        )
        return Content.assemble(
            "    ", one_line(" · ".join(parts), "$text-muted").truncate(width - 4, ellipsis=True)
        )

    def _renew(self, evidence_id: str = "") -> None:
        self._pieces = self._visit.evidence_of(self._key)
        at = next((2 * index for index, piece in enumerate(self._pieces) if piece.id == evidence_id), None)
        self.query_one(Rows).fill(2 * len(self._pieces), at)

    def _piece(self) -> StoredEvidence | None:
        at = self.query_one(Rows).cursor // 2
        return self._pieces[at] if at < len(self._pieces) else None

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say something below the list."""
        told = self.query_one(".told", Static)
        told.set_class(error, "-error")
        told.update(content(text, limit=400))

    def _say_count(self) -> None:
        if self._pieces:
            self.tell(_("{count} attached. Drop files here or press a.").format(count=len(self._pieces)))
        else:
            self.tell(_("Nothing attached yet. Drop files here or press a."))

    # -- keys

    def action_back(self) -> None:
        """Go back to the question."""
        self.dismiss(None)

    def on_paste(self, event: events.Paste) -> None:
        """Files dropped on the terminal arrive as a paste of their paths."""
        event.stop()
        files = paths_in(event.text)
        if files and not self._visit.read_only:
            self.attach_at_once(files)
        elif not files:
            self.tell(_("That is no path of a file: {text}").format(text=event.text[:80]), error=True)

    @task
    async def action_attach(self) -> None:
        """Ask for a path."""
        heading = _("Attach which file?")
        words = _("Its path; drop a file on the terminal to get it. Several are separated by blanks.")
        text = await self.app.push_screen_wait(AskPaths(heading, words, check=_path_problem))
        if text:
            await self._attach_files(paths_in(text))

    @task
    async def attach_at_once(self, files: tuple[Path, ...]) -> None:
        """Attach files that were dropped."""
        await self._attach_files(files)

    async def _attach_files(self, files: tuple[Path, ...]) -> None:
        options = [
            Option(choice.value, choice.label.text(current()))
            for choice in self._visit.instrument.evidence_types
        ]
        names = ", ".join(file.name for file in files)
        kind = await self.app.push_screen_wait(Choose(_("What kind of evidence?"), options, words=names))
        if kind is None:
            return
        attached = ""
        for position, file in enumerate(files, 1):
            self.tell(
                _("Copying {name} ({position} of {count}) …").format(
                    name=file.name, position=position, count=len(files)
                )
            )
            try:
                piece = await self.app.work(self._visit.attach, self._key, file, EvidenceDetails(type=kind))
            except EvaluatorError as error:
                self._renew(attached)
                self.tell(str(error), error=True)
                return
            attached = piece.id
            self._renew(attached)
        self.tell(_("Saved: {names}. Enter describes the piece.").format(names=names))

    @task
    async def action_link(self) -> None:
        """Attach a piece that is in the visit already."""
        mine = {piece.id for piece in self._pieces}
        options = [
            Option(piece.id, piece.title or piece.name, f"{piece.id} {type_label(self._visit, piece.type)}")
            for piece in self._visit.evidence()
            if piece.id not in mine
        ]
        if not options:
            self.tell(_("There is no other evidence in this visit"))
            return
        chosen = await self.app.push_screen_wait(Choose(_("Link which evidence?"), options))
        if chosen is not None:
            await self._do(self._visit.link, self._key, chosen)

    @task
    async def action_detach(self) -> None:
        """Take the piece off this question."""
        piece = self._piece()
        if piece is not None and await self._do(self._visit.detach, self._key, piece.id):
            self.tell(_("{name} detached; undo (u) at the question brings it back").format(name=piece.name))

    @task
    async def action_verify(self) -> None:
        """Mark the piece as verified, or take that back."""
        piece = self._piece()
        if piece is not None:
            by = "" if piece.verified_by else self._visit.assessor
            await self._do(self._visit.describe, piece.id, replace(details_of(piece), verified_by=by))

    @task
    async def action_open(self) -> None:
        """Change what is known of the piece."""
        piece = self._piece()
        if piece is None:
            return
        labels = {
            "title": _("Title and number"),
            "holder": _("Held by"),
            "date": _("Date"),
            "page": _("Page or place"),
            "caption": _("Caption"),
            "verified_by": _("Verified by"),
        }
        now = asdict(details_of(piece))
        asked = [Field("type", _("Kind"), now["type"], self._visit.instrument.evidence_types)]
        asked += [
            Field(
                name,
                label,
                now[name],
                placeholder="25/2/2026" if name == "date" else "",
                read=_day if name == "date" else str.strip,
            )
            for name, label in labels.items()
        ]
        values = await self.app.push_screen_wait(Fields(piece.name, asked, start=1))
        if values is not None and dict(values) != now:
            await self._do(self._visit.describe, piece.id, EvidenceDetails(**values))

    async def _do(self, function: Callable[..., object], *arguments: object) -> bool:
        try:
            found = await self.app.work(function, *arguments)
        except EvaluatorError as error:
            self.tell(str(error), error=True)
            return False
        self._renew(getattr(found, "id", ""))
        self.tell(_("Saved"))
        return True


class AskPaths(AskLine):
    """Asks for paths; a paste of several lines is taken whole."""

    def on_paste(self, event: events.Paste) -> None:
        """Several paths at once need no Enter."""
        if len(paths_in(event.text)) > 1:
            event.stop()
            self.dismiss(event.text)


def details_of(piece: StoredEvidence) -> EvidenceDetails:
    """What is known of a piece, as it is described."""
    return EvidenceDetails(**{field.name: getattr(piece, field.name) for field in fields(EvidenceDetails)})


def type_label(visit: Visit, kind: str) -> str:
    """The name of a kind of evidence."""
    found = next((choice for choice in visit.instrument.evidence_types if choice.value == kind), None)
    return kind if found is None else found.label.text(current())


def size_text(count: int) -> str:
    """A number of bytes for people."""
    if count < 1000:
        return f"{count} B"
    for unit, size in (("KB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < size * 1000 or unit == "GB":
            return f"{number(f'{count / size:.1f}')} {unit}"
    return str(count)


def paths_in(text: str) -> tuple[Path, ...]:
    """The files that a typed or pasted text names: a line each, or separated by blanks, quoted or escaped as a
    terminal does it, or as `file:` addresses. Empty if one of them is no file."""
    found: list[Path] = []
    for entry in text.strip().splitlines():
        if not entry.strip():
            continue
        whole = typed_path(entry)
        if is_file(whole):
            found.append(whole)
            continue
        try:
            parts = shlex.split(entry)
        except ValueError:
            return ()
        files = [typed_path(part) for part in parts]
        if not files or not all(is_file(file) for file in files):
            return ()
        found.extend(files)
    return tuple(dict.fromkeys(found))


def _path_problem(text: str) -> str:
    return "" if paths_in(text) else _("There is no such file")


def _day(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return parse_day(text).isoformat()
    except ValueError:
        raise ValueError(_("write day/month/year, such as 25/2/2026")) from None
