"""Every key of the interface, declared once: footer, help (F1) and palette (Ctrl+P) all read from here.

Only keys that reach every terminal and that no field takes: letters, digits, F1-F10, arrows, Enter, Escape, Tab,
Space and Ctrl+ B F G L N O R S T. Labels are one word and, like the help, English here and looked up when shown.
A command's action is the part of its id after the dot, unless `action` says otherwise; the screen of that place
has the method `action_<name>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType

from evaluator.language import _


def N_(message: str) -> str:  # noqa: N802  # the customary name; message collectors look for it
    """Mark `message` for translation; it is looked up when shown."""
    return message


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do in a place. `keys` are Textual key names joined by commas; `shown` puts it in the footer
    (six at most), `palette` in the palette."""

    id: str
    keys: str
    label: str
    help: str
    shown: bool = False
    palette: bool = True
    action: str = ""

    @property
    def action_name(self) -> str:
        """What Textual runs for it."""
        return self.action or self.id.partition(".")[2]

    @property
    def plain_action(self) -> str:
        """The action without what is put in for the key, as `check_action` is asked."""
        return self.action_name.partition("(")[0]

    @property
    def label_text(self) -> str:
        """The label in the language in use."""
        return _(self.label)

    @property
    def help_text(self) -> str:
        """The help in the language in use."""
        return _(self.help)

    def key_text(self, *, every: bool = False) -> str:
        """The first key, or all of them, as written on a keyboard."""
        keys = self.keys.split(",")
        if every and len(keys) > 3:
            return f"{key_name(keys[0])}–{key_name(keys[-1])}"
        return " ".join(key_name(key) for key in keys) if every else key_name(keys[0])


_NAMES: Final[Mapping[str, str]] = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "Enter", "escape": "Esc", "space": N_("Space"),
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
    "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End", "tab": "Tab", "shift+tab": "Shift+Tab",
    "delete": "Del", "backspace": "Backspace", "less_than_sign": "<", "greater_than_sign": ">",
    "plus": "+", "minus": "-", "full_stop": ".", "comma": ",",
}  # fmt: skip


def key_name(key: str) -> str:
    """`ctrl+p` as `Ctrl+P`, `slash` as `/`."""
    if key in _NAMES:
        return _(_NAMES[key])
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    return key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key


EVERYWHERE: Final = (
    Command("app.help", "f1,question_mark", N_("Help"), N_("Explain this place and list its keys"), shown=True,
            action="app.help"),
    Command("app.palette", "ctrl+p", N_("Commands"), N_("Find a command by name"), palette=False,
            action="app.palette"),
    Command("app.theme", "ctrl+t", N_("Colours"), N_("Choose light, dark or high-contrast colours"),
            action="app.choose_theme"),
    Command("app.sync", "f9", N_("Sync"), N_("Send what is final and fetch what the office says"),
            action="app.sync"),
    Command("app.quit", "ctrl+q", N_("Quit"), N_("Leave the program; everything is saved"), action="app.leave"),
)  # fmt: skip

BACK: Final = Command(
    "place.back", "escape,q", N_("Back"), N_("Go back one screen"), shown=True, palette=False
)

FIRST_START: Final = (
    Command(
        "first_start.edit",
        "enter",
        N_("Change"),
        N_("Change the line under the cursor, or begin"),
        shown=True,
    ),
    Command("first_start.create", "ctrl+s", N_("Begin"), N_("Make the workspace as shown"), shown=True),
    Command("first_start.back", "escape,q", N_("Quit"), N_("Leave the program"), shown=True, palette=False),
)

VISITS: Final = (
    Command("visits.open", "enter", N_("Open"), N_("Open the visit under the cursor"), shown=True),
    Command("visits.new", "n", N_("New"), N_("Start a new visit"), shown=True),
    Command("visits.filter", "slash", N_("Filter"), N_("Show only the visits that match what you type"), shown=True),
    Command("visits.show_all", "escape", N_("All"), N_("Show all visits again"), palette=False),
    Command("visits.sync", "s", N_("Sync"), N_("Send what is final and fetch what the office says"),
            shown=True, palette=False),
    Command("visits.import_self", "i", N_("Import"),
            N_("Read the region's self-assessment for this visit from a CSV file")),
    Command("visits.reload", "ctrl+r", N_("Reload"), N_("Read the list again")),
    Command("visits.leave", "q", N_("Quit"), N_("Leave the program; everything is saved"), shown=True, palette=False,
            action="app.leave"),
)  # fmt: skip

NEW_VISIT: Final = (
    Command("new_visit.edit", "enter", N_("Choose"), N_("Change the line under the cursor, or create the visit"),
            shown=True),
    Command("new_visit.create", "ctrl+s", N_("Create"), N_("Create the visit as shown"), shown=True),
    BACK,
)  # fmt: skip

VISIT: Final = (
    Command("visit.open", "enter", N_("Open"), N_("Open the form, or go to the answer of the check"), shown=True),
    Command("visit.number", "1,2,3,4,5,6,7,8,9", N_("Form"), N_("Open the form with this number"), palette=False,
            action="number('{key}')"),
    Command("visit.team", "t", N_("Team"), N_("Assessors, participants and sites"), shown=True),
    Command("visit.findings", "r", N_("Findings"), N_("Strengths, weaknesses and recommendations"), shown=True),
    Command("visit.finalise", "f", N_("Finalise"), N_("What is missing, signature, export"), shown=True),
    Command("visit.checks", "c", N_("Checks"), N_("Move between the forms and the failed checks")),
    Command("visit.picture", "p", N_("Picture"), N_("Show or hide the scores of the pillars as bars")),
    Command("visit.next_open", "m", N_("Next"), N_("Go to the first question that is still open")),
    Command("visit.next_comment", "v", N_("Comments"), N_("Go to the first comment of a reviewer that has no reply")),
    Command("visit.reopen", "o", N_("Reopen"), N_("Open the visit again as the next revision, with a reason")),
    Command("visit.places", "w", N_("Where"), N_("Show where each file of the visit is")),
    Command("visit.undo", "u", N_("Undo"), N_("Take back the last change of this visit")),
    Command("visit.redo", "ctrl+r", N_("Redo"), N_("Do again what was taken back")),
    BACK,
)  # fmt: skip

FINALISE: Final = (
    Command("finalise.jump", "enter", N_("Go to"), N_("Open the form at the answer under the cursor"), shown=True),
    Command("finalise.sign", "s", N_("Sign"), N_("Sign and seal the visit; it cannot be changed afterwards"),
            shown=True),
    Command("finalise.export", "e", N_("Export"), N_("Copy the sealed bundle to a file or folder"), shown=True),
    Command("finalise.reopen", "o", N_("Reopen"), N_("Open the visit again as the next revision, with a reason"),
            shown=True),
    BACK,
)  # fmt: skip

FORM: Final = (
    Command("form.edit", "enter", N_("Answer"), N_("Answer the question under the cursor, or go on"), shown=True),
    Command("form.digit", "0,1,2,3,4,5,6,7,8,9", N_("Level"), N_("Set the level, or choose by number, and stay"),
            palette=False),
    Command("form.na", "x", N_("N/A"), N_("Say why the question does not apply"), shown=True),
    Command("form.note", "n", N_("Note"), N_("Write a note"), shown=True),
    Command("form.evidence", "e", N_("Evidence"), N_("Attach evidence, or see what is attached"), shown=True),
    Command("form.next_open", "m", N_("Next"), N_("Go to the next question that is still open"), shown=True),
    Command("form.yes", "y", N_("Yes"), N_("Answer yes, or agree"), palette=False),
    Command("form.no", "t", N_("No"), N_("Answer no"), palette=False),
    Command("form.choose", "space", N_("Choose"), N_("Move among the choices with the arrows"), palette=False),
    Command("form.clear", "delete,backspace", N_("Clear"), N_("Take the answer or the N/A away")),
    Command("form.flag", "f", N_("Flag"), N_("Flag the question, or take the flag away")),
    Command("form.recommend", "r", N_("Recommend"), N_("Add a recommendation filled from this question")),
    Command("form.companions", "c", N_("Details"), N_("Confidence, evidence quality, respondents; source of a number")),
    Command("form.gate_reason", "o", N_("Override"), N_("Say why the level stands without the evidence wanted")),
    Command("form.guidance", "p", N_("Guidance"), N_("Show or hide how to examine the question")),
    Command("form.reply", "b", N_("Reply"), N_("Write back to what a reviewer said of the question")),
    Command("form.next_comment", "v", N_("Comments"), N_("Go to the next comment of a reviewer")),
    Command("form.history", "h", N_("History"), N_("What happened to this answer")),
    Command("form.up", "up,k", N_("Up"), N_("The question above"), palette=False),
    Command("form.down", "down,j", N_("Down"), N_("The question below"), palette=False),
    Command("form.page_up", "pageup", N_("Page up"), N_("A screenful up"), palette=False),
    Command("form.page_down", "pagedown", N_("Page down"), N_("A screenful down"), palette=False),
    Command("form.first", "home", N_("First"), N_("The first question of the page"), palette=False),
    Command("form.last", "end", N_("Last"), N_("The last question of the page"), palette=False),
    Command("form.previous_section", "left_square_bracket", N_("Previous section"),
            N_("The section before, or the row before")),
    Command("form.next_section", "right_square_bracket", N_("Next section"), N_("The next section, or the next row")),
    Command("form.find", "slash", N_("Find"), N_("Find a question of this form by its words")),
    Command("form.go_to", "g", N_("Go to"), N_("Go to any question by its code")),
    Command("form.undo", "u", N_("Undo"), N_("Take back the last change of this visit")),
    Command("form.redo", "ctrl+r", N_("Redo"), N_("Do again what was taken back")),
    Command("form.add_row", "a", N_("Add row"), N_("Add a row to the table and open it")),
    Command("form.insert_row", "i", N_("Insert row"), N_("Insert a row before this one")),
    Command("form.duplicate_row", "D", N_("Copy row"), N_("Copy the row with its answers")),
    Command("form.delete_row", "d", N_("Delete row"), N_("Delete the row; undo brings it back")),
    Command("form.row_up", "less_than_sign", N_("Row up"), N_("Move the row up")),
    Command("form.row_down", "greater_than_sign", N_("Row down"), N_("Move the row down")),
    BACK,
)  # fmt: skip

REVIEW: Final = (
    Command("review.open", "enter", N_("Open"), N_("Open the form, or show the whole line"), shown=True),
    Command("review.number", "1,2,3,4,5,6,7,8,9", N_("Form"), N_("Open the form with this number"), palette=False,
            action="number('{key}')"),
    Command("review.team", "t", N_("Team"), N_("Assessors, participants and sites")),
    Command("review.findings", "r", N_("Findings"), N_("Strengths, weaknesses and recommendations")),
    Command("review.difference", "d", N_("Changes"), N_("Go to the first difference"), shown=True),
    Command("review.next_comment", "v", N_("Comments"), N_("Go to the first comment"), shown=True),
    Command("review.decide", "f", N_("Decide"), N_("Approve, return or reject, with a summary and your signature"),
            shown=True),
    BACK,
)  # fmt: skip

REVIEW_FORM: Final = (
    Command("review_form.comment", "n", N_("Comment"), N_("Write a comment at the question; empty takes it back"),
            shown=True),
    Command("review_form.difference", "d", N_("Changes"), N_("Go to the next difference to the revision before"),
            shown=True),
    Command("review_form.difference_before", "D", N_("Change before"), N_("Go to the difference before")),
    Command("review_form.next_comment", "v", N_("Comments"), N_("Go to the next comment"), shown=True),
    Command("review_form.decide", "f", N_("Decide"), N_("Approve, return or reject, with a summary and your signature"),
            shown=True),
    Command("review_form.evidence", "e", N_("Evidence"), N_("See what is attached"), shown=True),
    Command("review_form.edit", "enter", N_("Open"), N_("Open the row under the cursor, or go on"), palette=False),
    Command("review_form.guidance", "p", N_("Guidance"), N_("Show or hide how to examine the question")),
    Command("review_form.history", "h", N_("History"), N_("What happened to this answer")),
    Command("review_form.up", "up,k", N_("Up"), N_("The question above"), palette=False),
    Command("review_form.down", "down,j", N_("Down"), N_("The question below"), palette=False),
    Command("review_form.page_up", "pageup", N_("Page up"), N_("A screenful up"), palette=False),
    Command("review_form.page_down", "pagedown", N_("Page down"), N_("A screenful down"), palette=False),
    Command("review_form.first", "home", N_("First"), N_("The first question of the page"), palette=False),
    Command("review_form.last", "end", N_("Last"), N_("The last question of the page"), palette=False),
    Command("review_form.previous_section", "left_square_bracket", N_("Previous section"),
            N_("The section before, or the row before")),
    Command("review_form.next_section", "right_square_bracket", N_("Next section"),
            N_("The next section, or the next row")),
    Command("review_form.find", "slash", N_("Find"), N_("Find a question of this form by its words")),
    Command("review_form.go_to", "g", N_("Go to"), N_("Go to any question by its code")),
    BACK,
)  # fmt: skip

SYNC: Final = (
    Command("sync.begin", "enter,s", N_("Begin"), N_("Exchange with the office now"), shown=True),
    Command("sync.stop", "x", N_("Stop"), N_("Stop the exchange; what was done lasts, the rest goes next time"),
            shown=True),
    Command("sync.remote", "r", N_("Remote"), N_("Say where the shared folder of the office is"), shown=True),
    Command("sync.log", "l", N_("Log"), N_("What earlier exchanges did"), shown=True),
    BACK,
)  # fmt: skip

EVIDENCE: Final = (
    Command("evidence.open", "enter", N_("Describe"), N_("Change what is known of the piece under the cursor"),
            shown=True),
    Command("evidence.attach", "a", N_("Attach"), N_("Attach files by their paths; several lines attach several"),
            shown=True),
    Command("evidence.link", "l", N_("Link"), N_("Attach a piece that is in the visit already"), shown=True),
    Command("evidence.verify", "v", N_("Verified"), N_("Mark the piece as verified by you, or take that back"),
            shown=True),
    Command("evidence.detach", "d,delete", N_("Detach"), N_("Take the piece off this question"), shown=True),
    Command("evidence.back", "escape,q", N_("Close"), N_("Go back to the question"), shown=True, palette=False),
)  # fmt: skip

FIELDS: Final = (
    Command("fields.accept", "ctrl+s", N_("Save"), N_("Save all fields and close"), shown=True, palette=False),
    Command("fields.cancel", "escape", N_("Cancel"), N_("Close without a change"), shown=True, palette=False),
)  # fmt: skip

CHOOSE_SEVERAL: Final = (
    Command("several.mark", "enter", N_("Mark"), N_("Mark the line under the cursor, or take its mark away"),
            shown=True, palette=False),
    Command("several.done", "ctrl+s", N_("Done"), N_("Take what is marked"), shown=True, palette=False),
    Command("several.up", "up", N_("Up"), N_("The line above"), palette=False),
    Command("several.down", "down", N_("Down"), N_("The line below"), palette=False),
    Command("several.page_up", "pageup", N_("Page up"), N_("A page up"), palette=False),
    Command("several.page_down", "pagedown", N_("Page down"), N_("A page down"), palette=False),
    Command("several.cancel", "escape", N_("Cancel"), N_("Leave everything as it was"), shown=True, palette=False),
)  # fmt: skip

CONFIRM: Final = (
    Command("dialog.yes", "enter,y", N_("Yes"), N_("Do it"), shown=True, palette=False),
    Command("dialog.no", "escape,n", N_("No"), N_("Leave everything as it is"), shown=True, palette=False),
)

ASK: Final = (
    Command("dialog.accept", "enter", N_("Accept"), N_("Take what was typed"), shown=True, palette=False),
    Command("dialog.cancel", "escape", N_("Cancel"), N_("Close without a change"), shown=True, palette=False),
)

TEXT: Final = (
    Command("dialog.accept", "ctrl+s", N_("Save"), N_("Take what was typed"), shown=True, palette=False),
    Command("dialog.cancel", "escape", N_("Cancel"), N_("Close without a change"), shown=True, palette=False),
)

CHOOSE: Final = (
    Command(
        "dialog.accept",
        "enter",
        N_("Choose"),
        N_("Take the line under the cursor"),
        shown=True,
        palette=False,
    ),
    Command("dialog.up", "up", N_("Up"), N_("The line above"), palette=False),
    Command("dialog.down", "down", N_("Down"), N_("The line below"), palette=False),
    Command("dialog.page_up", "pageup", N_("Page up"), N_("A page up"), palette=False),
    Command("dialog.page_down", "pagedown", N_("Page down"), N_("A page down"), palette=False),
    Command("dialog.cancel", "escape", N_("Cancel"), N_("Close without a change"), shown=True, palette=False),
)

MESSAGE: Final = (
    Command("dialog.close", "enter,escape,q", N_("Close"), N_("Close this"), shown=True, palette=False),
)

LIST: Final = (
    Command("list.up", "up,k", N_("Up"), N_("The line above"), palette=False, action="move(-1)"),
    Command("list.down", "down,j", N_("Down"), N_("The line below"), palette=False, action="move(1)"),
    Command("list.page_up", "pageup", N_("Page up"), N_("A page up"), palette=False, action="page(-1)"),
    Command(
        "list.page_down", "pagedown", N_("Page down"), N_("A page down"), palette=False, action="page(1)"
    ),
    Command("list.first", "home", N_("First"), N_("The first line"), palette=False),
    Command("list.last", "end", N_("Last"), N_("The last line"), palette=False),
)

PLACES: Final[Mapping[str, tuple[Command, ...]]] = {
    "confirm": CONFIRM,
    "ask": ASK,
    "text": TEXT,
    "choose": CHOOSE,
    "message": MESSAGE,
    "list": LIST,
    "first_start": FIRST_START,
    "visits": VISITS,
    "new_visit": NEW_VISIT,
    "visit": VISIT,
    "finalise": FINALISE,
    "form": FORM,
    "review": REVIEW,
    "review_form": REVIEW_FORM,
    "sync": SYNC,
    "evidence": EVIDENCE,
    "fields": FIELDS,
    "choose_several": CHOOSE_SEVERAL,
}


def commands_of(place: str) -> tuple[Command, ...]:
    """The commands of a place alone; none for a name that is no place."""
    return PLACES.get(place, ())


def commands(place: str) -> tuple[Command, ...]:
    """The commands of a place, then those of everywhere."""
    return (*commands_of(place), *EVERYWHERE)


def bindings(place: str) -> list[BindingType]:
    """What a screen puts into `BINDINGS`: keys and actions without any words."""
    return [
        Binding(key, command.action_name.replace("{key}", key), "", show=False, id=command.id)
        for command in PLACES.get(place, ())
        for key in command.keys.split(",")
    ]


def everywhere() -> list[BindingType]:
    """What the application puts into `BINDINGS`."""
    return [
        Binding(
            command.keys,
            command.plain_action.removeprefix("app."),
            "",
            show=False,
            id=command.id,
            priority=command.id == "app.quit",
        )
        for command in EVERYWHERE
    ]
