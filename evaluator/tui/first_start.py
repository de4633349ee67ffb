"""The first start: the language, then who is here; makes the workspace and its signing key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from evaluator import language
from evaluator.language import _
from evaluator.tui.content import content, fitted
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.keys import bindings
from evaluator.tui.place import KeyBar, Place
from evaluator.tui.rows import Rows
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.paths import Workspace

LANGUAGE, NAME, EMAIL, PASSPHRASE, _GAP, CREATE = range(6)
LANGUAGE_NAMES: Final = {"id": "Bahasa Indonesia", "en": "English"}


@dataclass(frozen=True, slots=True)
class _Person:
    name: str = ""
    email: str = ""
    passphrase: str | None = None
    unprotected: bool = False


class FirstStart(Place):
    """Asks one thing after the other; every answer can be changed before the workspace is made."""

    place = "first_start"
    BINDINGS = bindings("first_start")

    def __init__(self) -> None:
        super().__init__()
        self._person = _Person()

    def compose_body(self) -> ComposeResult:
        yield Static(id="welcome")
        yield Rows(self._paint, count=6, selectable=lambda index: index != _GAP)

    def on_mount(self) -> None:
        self.query_one(Rows).focus()
        self._speak()
        self.call_after_refresh(self.ask_everything)

    def help_words(self) -> str:
        return _(
            "Your name and e-mail stand in every bundle that you sign. The passphrase protects the key that signs; "
            "nobody can recover it for you. Everything stays on this computer: {folder}"
        ).format(folder=self.app.workspace.root)

    def _speak(self) -> None:
        """Show everything in the language that was just chosen."""
        self.retitle(_("Welcome"))
        self.query_one("#welcome", Static).update(
            content(_("Before the first visit: who are you? Everything stays on this computer."))
        )
        self.query_one(Rows).repaint()
        self.query_one(KeyBar).refresh()

    def _paint(self, index: int, width: int) -> Content:
        person = self._person
        if index == _GAP:
            return Content("")
        if index == CREATE:
            return fitted(_("Begin"), width, "bold $primary")
        secret = _("set") if person.passphrase else _("none") if person.unprotected else ""
        label, value = {
            LANGUAGE: (_("Language"), LANGUAGE_NAMES[language.current()]),
            NAME: (_("Name"), person.name),
            EMAIL: (_("E-mail"), person.email),
            PASSPHRASE: (_("Passphrase"), secret),
        }[index]
        return Content.assemble(
            fitted(label, 18, "$text-muted"), fitted(value or "–", width - 18, "bold" if value else "")
        )

    @task
    async def ask_everything(self) -> None:
        """Ask from top to bottom until somebody cancels."""
        for index in (LANGUAGE, NAME, EMAIL, PASSPHRASE):
            self.query_one(Rows).cursor = index
            if not await self._ask(index):
                return
        self.query_one(Rows).cursor = CREATE

    @on(Rows.Chosen)
    def action_edit(self) -> None:
        """Change the line under the cursor; on the last line begin."""
        index = self.query_one(Rows).cursor
        if index == CREATE:
            self.action_create()
        else:
            self.edit(index)

    @task
    async def edit(self, index: int) -> None:
        """Ask for one line."""
        await self._ask(index)

    async def _ask(self, index: int) -> bool:
        """Ask for one line; whether it was answered."""
        person = self._person
        if index == LANGUAGE:
            options = [Option(code, name) for code, name in LANGUAGE_NAMES.items()]
            chosen = await self.app.push_screen_wait(
                Choose("Bahasa / Language", options, current=language.current())
            )
            if chosen is None:
                return False
            language.use(chosen)
            self._speak()
            return True
        if index == NAME:
            typed = await self.app.push_screen_wait(
                AskLine(
                    _("Your name"),
                    _("As it shall stand in the minutes."),
                    value=person.name,
                    check=_name_problem,
                )
            )
            self._person = person if typed is None else replace(person, name=typed.strip())
        elif index == EMAIL:
            typed = await self.app.push_screen_wait(
                AskLine(
                    _("Your e-mail"), _("It names your signature."), value=person.email, check=_email_problem
                )
            )
            self._person = person if typed is None else replace(person, email=typed.strip())
        else:
            typed = await self._ask_passphrase()
        self.query_one(Rows).repaint()
        return typed is not None

    async def _ask_passphrase(self) -> str | None:
        problem = ""
        while True:
            first = await self.app.push_screen_wait(
                AskLine(
                    _("Passphrase"),
                    _("It protects the key that signs for you. Write it down: nobody can recover it. Leave it empty "
                      "only on a computer that nobody else uses."),
                    hidden=True,
                    problem=problem,
                )
            )  # fmt: skip
            if first is None:
                return None
            if not first:
                words = _("Anybody who uses this computer could then sign in your name.")
                if await self.app.push_screen_wait(Confirm(_("Without a passphrase?"), words)):
                    self._person = replace(self._person, passphrase=None, unprotected=True)
                    return ""
                continue
            again = await self.app.push_screen_wait(AskLine(_("Passphrase"), _("Once more."), hidden=True))
            if again is None:
                return None
            if again == first:
                self._person = replace(self._person, passphrase=first, unprotected=False)
                return first
            problem = _("The two passphrases differ")

    @task
    async def action_create(self) -> None:
        """Make the workspace and go to the list of visits."""
        person = self._person
        for index, missing in (
            (NAME, not person.name),
            (EMAIL, not person.email),
            (PASSPHRASE, not (person.passphrase or person.unprotected)),
        ):
            if missing:
                self.query_one(Rows).cursor = index
                await self._ask(index)
                return
        self.say(_("Making the workspace"), "busy")
        await self.app.work(_init, self.app.workspace, person, language.current())
        self.app.start()

    def action_back(self) -> None:
        self.app.action_leave()


def _name_problem(text: str) -> str:
    return "" if text.strip() else _("A name is needed")


def _email_problem(text: str) -> str:
    before, at, after = text.strip().partition("@")
    return "" if before and at and "." in after else _("An e-mail address looks like name@place.id")


def _init(workspace: Workspace, person: _Person, chosen: str) -> None:
    from evaluator.identity import init

    init(workspace, name=person.name, email=person.email, passphrase=person.passphrase, language=chosen)
