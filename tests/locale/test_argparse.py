"""argparse speaks the language in use: its help and its complaints, whatever version of Python says them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator import language
from evaluator.cli.arguments import build_parser
from evaluator.errors import UsageError


@pytest.fixture(autouse=True)
def _language_and_width(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    before = language.current()
    yield
    language.use(before)


def help_of(lang: str, *command: str, capsys: pytest.CaptureFixture[str]) -> str:
    language.use(lang)
    with pytest.raises(SystemExit) as end:
        build_parser().parse_args([*command, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def complaint(lang: str, *arguments: str) -> UsageError:
    language.use(lang)
    with pytest.raises(UsageError) as caught:
        build_parser().parse_args(arguments)
    return caught.value


COMMANDS = [
    (), ("init",), ("key",), ("key", "trust"), ("demo",), ("visit",), ("visit", "new"), ("visit", "finalise"),
    ("answer",), ("attach",), ("score",), ("export",), ("verify",), ("show",), ("extract",), ("forms",),
    ("forms", "eval"), ("doctor",),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_holds_no_english_of_argparse(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of("id", *command, capsys=capsys)
    assert text.startswith(f"pemakaian: {' '.join(('evaluator', *command))}")
    assert "\nopsi:\n" in text
    assert "-h, --help" in text
    assert "tampilkan bantuan ini" in text
    for english in (
        "usage",
        "options:",
        "arguments",
        "commands",
        "show this",
        "show program",
        " exit",
        "the ",
    ):
        assert english not in text


def test_help_in_english_is_plain_too(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of("en", "visit", "new", capsys=capsys)
    assert text.startswith("usage: evaluator visit new [-h]")
    assert "\narguments:\n  REGION" in text
    assert "\noptions:\n  -h, --help" in text
    assert help_of("en", capsys=capsys).count("-h, --help") == 1


@pytest.mark.parametrize(
    ("arguments", "indonesian", "english"),
    [
        (("visit", "new"), "argumen kurang: REGION", "missing arguments: REGION"),
        (("visit",), "argumen kurang: PERINTAH", "missing arguments: COMMAND"),
        (("verify",), "argumen kurang: FILE", "missing arguments: FILE"),
        (("init", "--name", "B"), "argumen kurang: --email", "missing arguments: --email"),
        (("doctor", "{x}", "-y"), "argumen tidak dikenal: {x} -y", "unknown arguments: {x} -y"),
        (("--home",), "--home memerlukan nilai", "--home needs a value"),
        (("demo", "--json=1"), "--json tidak memakai nilai, di sini ada '1'", "--json takes no value, here is '1'"),
    ],
)  # fmt: skip
def test_complaints(arguments: tuple[str, ...], indonesian: str, english: str) -> None:
    assert complaint("id", *arguments).message == indonesian
    assert complaint("en", *arguments).message == english


def test_a_choice_that_does_not_exist() -> None:
    told = complaint("id", "--lang", "jv")
    assert told.message.startswith("--lang tidak dapat berupa 'jv'; pilih dari ")
    assert "id" in told.message.partition("; ")[2]
    assert complaint("id", "vist").message.startswith("PERINTAH tidak dapat berupa 'vist'; pilih dari ")
    assert complaint("en", "vist").message.startswith("COMMAND cannot be 'vist'; choose from ")


def test_a_complaint_names_the_help_of_its_command() -> None:
    told = complaint("id", "visit", "new")
    assert (told.code, told.exit_code) == ("usage", 2)
    assert told.hint == "Lihat `evaluator visit new --help`"


def test_what_argparse_may_say_tomorrow_is_told_as_it_is() -> None:
    language.use("id")
    with pytest.raises(UsageError) as caught:
        build_parser().error("option '--old' is deprecated")
    assert caught.value.message == "option '--old' is deprecated"


def test_a_suggestion_of_newer_pythons_is_understood() -> None:
    language.use("en")
    with pytest.raises(UsageError) as caught:
        build_parser().error(
            "argument COMMAND: invalid choice: 'vist', maybe you meant 'visit'? (choose from visit, key)"
        )
    assert caught.value.message == "COMMAND cannot be 'vist'; choose from visit, key"
