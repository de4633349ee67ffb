"""The end of a visit: what is missing, the signature, the sealed bundle, and opening it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from evaluator.errors import PassphraseError
from evaluator.language import _
from evaluator.tui.content import content, fitted, one_line
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.finalise.reopening import reopen_with_reason
from evaluator.tui.finalise.signing import must_ask, sign
from evaluator.tui.keys import bindings
from evaluator.tui.marks import DONE, OPEN, severity, severity_style, visit_state
from evaluator.tui.place import KeyBar, Place
from evaluator.tui.rows import Rows
from evaluator.tui.typed_path import typed_path
from evaluator.tui.visit.letters import gather_letters, reason_to_reopen
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.tui.finalise.items import Item, Readiness
    from evaluator.visits.values import Finalised
    from evaluator.visits.visit import Visit


class FinaliseScreen(Place):
    """Everything that stops the signature with a way to it; afterwards what was sealed."""

    place = "finalise"
    BINDINGS = bindings("finalise")

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit
        self._readiness: Readiness | None = None
        self._sealed: Finalised | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="verdict")
        yield Rows(self._paint, selectable=self._selectable)

    def on_mount(self) -> None:
        line = self.visit.line
        self.retitle(_("Finalise"), f"{line.region_name} {line.region_code}")
        self.query_one(Rows).focus()

    def help_words(self) -> str:
        return _(
            "A visit can be signed once every required question is answered and no check fails as an error; "
            "warnings travel along. The signature seals it as a revision: it can be read but not changed. Reopening "
            "makes the next revision and needs a reason."
        )

    def on_screen_resume(self) -> None:
        self.refresh_readiness()

    @task
    async def refresh_readiness(self) -> None:
        """Look again at what is missing."""
        await self._refresh()

    async def _refresh(self) -> None:
        from evaluator.tui.finalise.items import gather

        self._readiness = await self.app.work(gather, self.visit)
        found = self._readiness
        self.query_one(Rows).fill(0 if found.read_only else len(found.items))
        self.query_one("#verdict", Static).update(self._verdict(self._readiness))
        self.query_one(KeyBar).refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        sealed = self.visit.read_only
        if action in ("sign", "jump"):
            return not sealed
        if action in ("export", "reopen"):
            return sealed
        return super().check_action(action, parameters)

    # What is shown

    def _verdict(self, found: Readiness) -> Content:
        strengths, weaknesses, recommendations = found.counts
        written = _(
            "Strengths {strengths} · weaknesses {weaknesses} · recommendations {recommendations}"
        ).format(strengths=strengths, weaknesses=weaknesses, recommendations=recommendations)
        if found.read_only:
            return Content("\n").join(
                [content(visit_state(found.state), "bold $primary"), *self._sealed_lines(found)]
            )
        if found.complete:
            head = content(f"{DONE} " + _("Ready to be signed"), "bold $primary")
            last = _("Press s to sign as {name} <{email}>.").format(**self._signer())
        else:
            head = content(
                f"{OPEN} "
                + _("Not ready: {missing} missing, {errors} checks failed as errors").format(
                    missing=found.missing, errors=found.errors
                ),
                "bold $accent",
            )
            last = _("Press Enter to go to the line under the cursor.")
        return Content("\n").join([head, content(written), content(last, "$text-muted")])

    def _sealed_lines(self, found: Readiness) -> list[Content]:
        lines = [
            content(_("Revision {revision} is sealed and cannot be changed.").format(revision=found.revision))
        ]
        lines += [Content(""), Content.assemble(fitted(_("File"), 10, "$text-muted"), content(found.file))]
        if self._sealed is not None:
            lines.append(
                Content.assemble(fitted(_("Bundle"), 10, "$text-muted"), content(self._sealed.bundle_id))
            )
        lines += [
            Content(""),
            content(
                _("Press e to copy the bundle to a stick or folder, o to open the visit again."),
                "$text-muted",
            ),
        ]
        return lines

    def _signer(self) -> dict[str, str]:
        desk = self.app.desk
        return {"name": desk.config.name, "email": desk.config.email} if desk else {"name": "", "email": ""}

    def _selectable(self, index: int) -> bool:
        item = self._item(index)
        return item is not None and not item.is_heading

    def _item(self, index: int) -> Item | None:
        items = self._readiness.items if self._readiness else ()
        return items[index] if index < len(items) else None

    def _paint(self, index: int, width: int) -> Content:
        from evaluator.tui.finalise.items import reason_text

        item = self._item(index)
        if item is None:
            return Content("")
        if item.is_heading:
            return fitted(item.text, width, "bold")
        place = one_line(item.place, "$text-muted")
        if item.severity:
            start = fitted(severity(item.severity), 12, severity_style(item.severity))
        else:
            start = fitted(f"{OPEN} {reason_text(item.reason)}", 20, "$accent")
        room = max(10, width - start.cell_length - place.cell_length - 3)
        return Content.assemble(" ", start, " ", fitted(item.text, room), " ", place)

    @on(Rows.Moved)
    def _say_whole(self, event: Rows.Moved) -> None:
        item = self._item(event.index)
        if item is not None and not item.is_heading:
            self.say(item.text)

    # Commands

    @on(Rows.Chosen)
    def action_jump(self) -> None:
        """Open the form at the line under the cursor."""
        item = self._item(self.query_one(Rows).cursor)
        if item is None or item.is_heading:
            return
        from evaluator.tui.form.screen import FormScreen

        if item.key is not None:
            self.app.push_screen(FormScreen(self.visit, item.key[0].partition(".")[0], item.key))

    @task
    async def action_sign(self) -> None:
        """Sign and seal the visit."""
        await self._refresh()
        found, desk = self._readiness, self.app.desk
        if found is None or desk is None:
            return
        if not found.complete:
            self.say(
                _("{missing} missing and {errors} errors are in the way").format(
                    missing=found.missing, errors=found.errors
                ),
                "error",
            )
            return
        heading = _("Sign revision {revision}").format(revision=found.revision + 1)
        words = _(
            "The visit is sealed by the signature of {name} <{email}> and cannot be changed afterwards."
        )
        words = words.format(**self._signer())
        if await self.app.work(must_ask, desk):
            await self._sign_with_passphrase(heading, words)
        elif await self.app.push_screen_wait(Confirm(heading, words)):
            await self._seal(None)

    async def _sign_with_passphrase(self, heading: str, words: str) -> None:
        problem = ""
        while True:
            typed = await self.app.push_screen_wait(
                AskLine(heading, words, placeholder=_("Passphrase of your key"), hidden=True, problem=problem)
            )
            if typed is None:
                return
            try:
                await self._seal(typed)
            except PassphraseError as error:
                self.say("")
                problem = str(error)
            else:
                return

    async def _seal(self, passphrase: str | None) -> None:
        desk = self.app.desk
        if desk is None:
            return
        self.say(_("Sealing"), "busy")
        self._sealed = await self.app.work(sign, desk, self.visit, passphrase)
        await self._refresh()
        self.say(_("Revision {revision} is sealed").format(revision=self._sealed.revision), "saved")

    @task
    async def action_export(self) -> None:
        """Copy the sealed bundle."""
        typed = await self.app.push_screen_wait(
            AskLine(
                _("Export the bundle"),
                _("A folder, or a file name ending in .zip. Type its path or drop it here."),
                value=str(Path.home()),
            )
        )
        if typed and typed.strip():
            self.say(_("Copying the bundle"), "busy")
            done = await self.app.work(self.visit.export, typed_path(typed))
            self.say(_("Copied to {file}").format(file=done.file), "saved")

    @task
    async def action_reopen(self) -> None:
        """Make the visit a draft again."""
        letters = await self.app.work(gather_letters, self.visit)
        if await reopen_with_reason(self.app, self.visit, reason_to_reopen(letters)):
            self._sealed = None
            await self._refresh()
            self.say(_("The visit is open again"), "saved")
