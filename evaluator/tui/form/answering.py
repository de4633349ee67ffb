"""Keys that answer: levels, yes and no, choices, N/A, flag, clearing."""

from __future__ import annotations

from textual import on

from evaluator.form.definition import Choice, Question
from evaluator.language import _, current
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.form.choosing import ChooseSeveral
from evaluator.tui.form.editing import Editing, starts_by_digit
from evaluator.tui.form.facts import CHOICE_TYPES, LISTED_TYPES, RUBRIC, Facts
from evaluator.tui.form.page import Item
from evaluator.tui.form.view import FormView
from evaluator.tui.work import task

SEVERAL = frozenset({"select_multiple", "rank"})
_CLEAR = ""


class Answering(Editing):
    """The form screen with the keys that answer."""

    def question_item(self) -> Item | None:
        """The item under the keyboard if it is a question that can be answered; else says why not."""
        item = self.item
        if item is None or item.kind != "question":
            return None
        if self.visit.read_only:
            self.say(self.why_read_only())
            return None
        return item

    def answerable(self) -> Facts | None:
        """The question under the keyboard if its value can be changed; else says why not."""
        item = self.question_item()
        if item is None:
            return None
        found = self.facts_of(item)
        if found.read_only or item.question.type == "calculate":
            self.say(_("This is filled in by the program"))
            return None
        return found

    # -- one key, one answer

    async def action_digit(self, character: str = "") -> None:
        """Set the level or choose an option."""
        found = self.answerable()
        if found is None:
            return
        if found.options:
            number = next((n for n, option in enumerate(found.options) if option.digit == character), None)
            if number is not None:
                await self.choose(found, number)
            elif found.question.type == RUBRIC:
                digits = f"{found.options[0].digit}–{found.options[-1].digit}"
                self.say(_("The scale is {digits}").format(digits=digits))
            else:
                self.say(_("There is no choice {digit}").format(digit=character))
        elif starts_by_digit(found.question):
            self.open_value(found.key, character)

    async def action_yes(self) -> None:
        """Answer yes, or agree."""
        await self._yes_or_no(0)

    async def action_no(self) -> None:
        """Answer no."""
        await self._yes_or_no(1)

    async def _yes_or_no(self, number: int) -> None:
        found = self.answerable()
        if found is None:
            return
        if found.question.type == "yesno":
            await self.choose(found, number)
        elif found.question.type == "acknowledge":
            await self.store(found.key, value=None if number else "OK")

    async def choose(self, found: Facts, number: int) -> None:
        """Take option `number`: the answer, or one more or less of several."""
        option = found.options[number]
        if found.question.type not in SEVERAL:
            await self.store(found.key, value=option.value)
            return
        choices = self.visit.filling.choices(found.key)
        exclusive = {choice.value for choice in choices if choice.exclusive}
        values = list(found.value) if isinstance(found.value, list) else []
        await self.store(found.key, value=toggled(values, option.value, exclusive) or None)

    async def action_clear(self) -> None:
        """Take the answer or the N/A away."""
        found = self.answerable()
        if found is None or (found.value is None and not found.na):
            return
        if await self.store(found.key, value=None):
            self.app.say(_("Cleared; u brings it back"), "saved")

    async def action_flag(self) -> None:
        """Flag the question, or take the flag away."""
        item = self.question_item()
        if item is not None:
            await self.store(item.key, flag=not self.visit.stored(item.key).flag)

    # -- Enter and the choices under the question

    async def action_edit(self) -> None:
        """Answer the question, or go on."""
        item = self.item
        if item is None:
            return
        if item.kind in ("row", "add"):
            await self.enter_row(item)
            return
        found = self.facts_of(item)
        if self.choosing is not None:
            await self._choose_under_cursor(found, leave=True)
        elif found.read_only or item.question.type == "calculate":
            self.go_on()
        elif found.options:
            if found.value is None and not found.na:
                self.start_choosing(found)
            else:
                self.go_on()
        else:
            await self.open_answer(found)

    async def open_answer(self, found: Facts) -> None:
        """Open what the type of the question is answered with."""
        kind = found.question.type
        if kind == "evidence":
            self.action_evidence()
        elif kind == "acknowledge":
            if await self.store(found.key, value="OK"):
                self.go_on()
        elif kind in CHOICE_TYPES or kind in LISTED_TYPES:
            self.expect_dialog()
            self.choose_from_list(found)
        else:
            self.open_value(found.key)

    async def action_choose(self) -> None:
        """Move among the choices with the arrows."""
        if self.choosing is not None:
            item = self.item
            if item is not None:
                await self._choose_under_cursor(self.facts_of(item), leave=False)
            return
        found = self.answerable()
        if found is None:
            return
        if found.options:
            self.start_choosing(found)
        else:
            await self.open_answer(found)

    def start_choosing(self, found: Facts) -> None:
        """Let the arrows move among the choices of the question."""
        chosen = next((number for number, option in enumerate(found.options) if option.chosen), 0)
        self.choosing = chosen
        self.say(_("Arrows move, Enter or Space chooses, Esc leaves"))
        self.repaint_item()

    def move_choice(self, by: int) -> None:
        """Move the cursor among the choices."""
        item = self.item
        if item is None or self.choosing is None:
            return
        count = len(self.facts_of(item).options)
        self.choosing = min(max(0, self.choosing + by), count - 1)
        self.repaint_item()

    async def _choose_under_cursor(self, found: Facts, *, leave: bool) -> None:
        number = self.choosing
        if number is None:
            return
        if found.question.type in SEVERAL:
            if leave:
                self.choosing = None
                self.repaint_item()
                self.go_on()
            else:
                await self.choose(found, number)
            return
        self.choosing = None
        await self.choose(found, number)

    @on(FormView.Pointed)
    async def point(self, event: FormView.Pointed) -> None:
        """A click goes to a question, a click on a choice takes it."""
        item = self.view.items[event.index]
        if not item.focusable or not await self.close_field():
            return
        if event.index != self.view.current:
            self.stand(event.index)
        elif event.option is not None and item.kind == "question":
            found = self.answerable()
            if found is not None:
                await self.choose(found, event.option)
        elif item.kind in ("row", "add"):
            await self.enter_row(item)

    # -- lists too long for digits

    @task
    async def choose_from_list(self, found: Facts) -> None:
        """Choose from a list that is narrowed by typing."""
        choices = self.visit.filling.choices(found.key)
        several = found.question.type in SEVERAL or found.question.multiple
        heading = found.label
        if not choices:
            self.stop_expecting()
            self.say(_("There is nothing to choose from yet; answer the questions before it"))
            return
        options = [
            Option(choice.value, _choice_words(choice), _choice_detail(found.question, choice))
            for choice in choices
        ]
        if several:
            values = found.value if isinstance(found.value, list) else []
            exclusive = frozenset(choice.value for choice in choices if choice.exclusive)
            chosen = await self.ask(ChooseSeveral(heading, options, values, exclusive))
            if chosen is not None and chosen != values:
                await self.store(found.key, value=chosen or None)
            return
        one = await self.ask(Choose(heading, options, current=found.value))
        if one is not None and await self.store(found.key, value=one):
            self.go_on()

    # -- not applicable

    async def action_na(self) -> None:
        """Say why the question does not apply."""
        found = self.answerable()
        if found is not None:
            self.expect_dialog()
            self.ask_na(found)

    @task
    async def ask_na(self, found: Facts) -> None:
        """Choose a reason for N/A or a special value."""
        language = current()
        options: list[Option[tuple[str, str]]] = []
        if found.na:
            options.append(Option(("clear", _CLEAR), _("Take N/A back")))
        options += [
            Option(("na", reason.value), reason.label.text(language), _("stays open") if reason.open else "")
            for reason in self.visit.instrument.na_reasons
        ]
        options += [
            Option(("value", choice.value), choice.label.text(language), choice.value)
            for choice in found.question.special
        ]
        now = ("na", self.visit.filling.state(found.key).na)
        chosen = await self.ask(Choose(_("Not applicable: why?"), options, current=now))
        if chosen is None:
            return
        what, value = chosen
        if what == "na":
            await self.store(found.key, na=value)
        else:
            await self.store(found.key, value=value or None)

    # -- what other parts of the screen provide

    async def enter_row(self, item: Item) -> None:
        """Open a row as a small form, or add one."""
        raise NotImplementedError

    def action_evidence(self) -> None:
        """Attach evidence."""
        raise NotImplementedError


def toggled(values: list[str], value: str, exclusive: set[str]) -> list[str]:
    """`values` with `value` more or less; an exclusive one stands alone."""
    if value in values:
        return [entry for entry in values if entry != value]
    if value in exclusive:
        return [value]
    return [*(entry for entry in values if entry not in exclusive), value]


def _choice_words(choice: Choice) -> str:
    return choice.label.text(current()) or choice.value


def _choice_detail(question: Question, choice: Choice) -> str:
    return (
        choice.columns.get("path", choice.value)
        if question.type in ("region", "item", "section", "agency")
        else ""
    )
