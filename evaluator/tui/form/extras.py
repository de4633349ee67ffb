"""Keys for what hangs on an answer: note, details, override, history, evidence, recommendation."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from textual import events, on

from evaluator import clock
from evaluator.language import _, current
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.ask_text import AskText
from evaluator.tui.form.evidence import EvidenceDialog, paths_in
from evaluator.tui.form.facts import choices_of, companion_choices, companion_label, companion_names
from evaluator.tui.form.fields import Field, Fields
from evaluator.tui.form.moving import Moving
from evaluator.tui.form.page import Key
from evaluator.tui.form.paint import code_of
from evaluator.tui.form.timeline import Timeline, history_lines
from evaluator.tui.form.unfinished import next_of
from evaluator.tui.work import task
from evaluator.visits.values import Remark


class Extras(Moving):
    """The form screen with the keys for what hangs on an answer."""

    def heading_of(self, key: Key) -> str:
        """A question by its code or label, for the heading of a dialog."""
        question = self.visit.filling.question(key)
        return code_of(question) or self.visit.filling.label_text(key, current())

    async def action_note(self) -> None:
        """Write a note."""
        item = self.question_item()
        if item is None:
            return
        if item.question.type == "calculate":
            self.say(_("This is filled in by the program"))
            return
        self.open_note(item.key)

    # -- confidence, quality, respondents; source of a number

    async def action_companions(self) -> None:
        """Ask what accompanies the answer."""
        item = self.question_item()
        if item is None:
            return
        names = companion_names(self.visit.instrument, item.question)
        if not names:
            self.say(_("Levels and numbers have details; this question has none"))
            return
        self.expect_dialog()
        self._companions(item.key, names)

    @task
    async def _companions(self, key: Key, names: tuple[str, ...]) -> None:
        stored = self.visit.stored(key)
        fields = [
            Field(
                name,
                companion_label(name),
                _as_text(getattr(stored, name)),
                companion_choices(self.visit.instrument, name),
                read=_year if name == "data_year" else str.strip,
            )
            for name in names
        ]
        values = await self.ask(
            Fields(_("Details of {question}").format(question=self.heading_of(key)), fields)
        )
        if values is None:
            return
        changes = {
            name: value or None for name, value in values.items() if value != _as_text(getattr(stored, name))
        }
        if changes:
            await self.store(key, **changes)

    # -- the level stands although evidence is missing

    async def action_gate_reason(self) -> None:
        """Ask why the level stands without the evidence wanted."""
        item = self.question_item()
        if item is None:
            return
        if item.question.type != "rubric":
            self.say(_("Only levels ask for evidence"))
            return
        self.expect_dialog()
        self._gate_reason(item.key)

    @task
    async def _gate_reason(self, key: Key) -> None:
        gaps = await self.app.work(self.visit.gate_gaps, key)
        words = "\n".join(gaps) or _("Nothing is missing for this level")
        heading = _("Why does the level of {question} stand?").format(question=self.heading_of(key))
        reason = await self.ask(AskLine(heading, words, value=self.visit.stored(key).gate_reason or ""))
        if reason is not None:
            await self.store(key, gate_reason=reason.strip() or None)

    # -- what reviewers said

    async def action_reply(self) -> None:
        """Write back to a reviewer."""
        item = self.question_item()
        if item is None:
            return
        found = self.remarks.get(item.key, ())
        if not found:
            self.say(_("No reviewer said anything of this question"))
            return
        self.expect_dialog()
        self._reply(next((remark for remark in found if not remark.answer), found[-1]))

    @task
    async def _reply(self, remark: Remark) -> None:
        from evaluator.visits.correspondence import reply

        async def keep(text: str) -> None:
            await self.app.work(reply, self.visit, remark.id, text)

        heading = _("Reply to {author}").format(author=remark.author)
        text = await self.ask(AskText(heading, remark.text, value=remark.answer, keep=keep))
        if text is None:
            return
        await keep(text)
        self.app.saved(clock.local())
        self.read_remarks()

    def commented(self) -> Collection[Key]:
        """The questions that somebody said something of."""
        return self.remarks

    async def action_next_comment(self) -> None:
        """Go to the next comment, in this form or another."""
        here = self.item.key if self.item is not None else None
        key = next_of(self.visit, self.commented(), here)
        if key is None:
            self.say(_("Nobody said anything of this visit yet"))
        else:
            self.go_to(key, painted=True)

    # -- history

    async def action_history(self) -> None:
        """Show what happened to the answer."""
        item = self.item
        if item is not None and item.kind == "question":
            self.expect_dialog()
            self._history(item.key)

    @task
    async def _history(self, key: Key) -> None:
        steps = await self.app.work(self.visit.history, key)
        if not steps:
            self.stop_expecting()
            self.say(_("Nothing happened to this answer yet"))
            return
        question = self.visit.filling.question(key)
        lines = history_lines(self.visit, question, choices_of(self.visit, question, key), steps)
        await self.ask(Timeline(_("History of {question}").format(question=self.heading_of(key)), lines))

    # -- evidence

    def action_evidence(self) -> None:
        """Show the evidence of the question, to attach more."""
        item = self.item
        if item is None or item.kind != "question":
            self.say(_("Evidence is attached to a question"))
            return
        self.expect_dialog()
        self._evidence(item.key, ())

    @on(events.Paste)
    def attach_pasted(self, event: events.Paste) -> None:
        """Files dropped on the terminal arrive as a paste of their paths."""
        item = self.item
        if self.editor is not None or item is None or item.kind != "question":
            return
        files = paths_in(event.text)
        if files:
            event.stop()
            self.expect_dialog()
            self._evidence(item.key, files)

    @task
    async def _evidence(self, key: Key, files: tuple[Path, ...]) -> None:
        await self.ask(EvidenceDialog(self.visit, key, self.heading_of(key), files))
        self.refill((key,))

    # -- recommendation

    async def action_recommend(self) -> None:
        """Add a recommendation filled from the question, and open it."""
        from evaluator.visits.findings import add_finding

        item = self.question_item()
        if item is None:
            return
        here = (self.page, item.identity)
        row = await self.app.work(add_finding, self.visit, "recommendations", item.key)
        repeat = self.visit.filling.row(row).repeat
        self.go_to((repeat, row))
        self.came_from.append(here)
        self.show_page(self.page.inside(repeat, row))
        self.app.say(
            _("Recommendation added; Esc goes back to {question}").format(question=self.heading_of(item.key)),
            "saved",
        )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return "; ".join(str(entry) for entry in value) if isinstance(value, list | tuple) else str(value)


def _year(text: str) -> str:
    year = text.strip()
    if year and not (year.isdigit() and len(year) == 4):
        raise ValueError(_("write a year with four digits"))
    return year
