"""Bad arguments and files, command by command: the right exit code, one clear line, and nothing changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE_VARIABLE, Place
from tests.journeys.program import Ran

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and devices")
V, S, F = "{visit}", "{sealed}", "{folder}"
DATA = ("--type", "data")
NEW = ("visit", "new", "64.07")
ATTACH = ("attach", V, "gov.GOV-01")
IMPORT = ("visit", "import-self", V)

# exit code, error code, arguments
CASES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (2, "region_not_found", ("visit", "new", "99.99")),
    (2, "region_not_found", ("visit", "new", "")),
    (2, "region_not_found", ("visit", "new", "Atlantis")),
    (2, "region_not_found", ("visit", "new", "\x1b[2J")),
    (2, "region_not_found", ("visit", "new", "\udcff")),
    (2, "region_not_found", ("visit", "new", "{long}")),
    (2, "region_ambiguous", ("visit", "new", "Bogor")),
    (2, "visit_exists", ("visit", "new", "64.02", "--round", "2026-tahap2")),
    (2, "bad_round", (*NEW, "--round", "berikut")),
    (2, "bad_round", (*NEW, "--round", "2026-tahap9")),
    (2, "bad_round", (*NEW, "--round", "{long}")),
    (2, "bad_intake", (*NEW, "--intake", "k1900")),
    (2, "instrument_not_found", (*NEW, "--forms", f"{F}/folder")),
    (2, "instrument_not_found", (*NEW, "--forms", f"{F}/gone")),
    (2, "instrument_not_found", (*NEW, "--forms", f"{F}/good.txt")),
    (2, "file_not_found", (*NEW, "--previous", f"{F}/gone.zip")),
    (1, "hash_mismatch", (*NEW, "--previous", f"{F}/damaged.zip")),
    (1, "zip_not_canonical", (*NEW, "--previous", f"{F}/cut.zip")),
    (1, "zip_not_canonical", (*NEW, "--previous", f"{F}/empty")),
    (1, "zip_not_canonical", (*NEW, "--previous", f"{F}/text.txt")),
    (2, "other_region", (*NEW, "--previous", f"{F}/bundle.zip")),
    (2, "visit_not_found", ("visit", "show", "tidak-ada")),
    (2, "visit_not_found", ("visit", "show", "")),
    (2, "visit_not_found", ("visit", "show", "%")),
    (2, "visit_not_found", ("visit", "show", "\udcff")),
    (2, "visit_not_found", ("visit", "show", "{long}")),
    (2, "visit_ambiguous", ("visit", "show", "0")),
    (2, "visit_not_found", ("score", "tidak-ada")),
    (2, "visit_not_found", ("export", "tidak-ada")),
    (2, "visit_not_found", ("answer", "tidak-ada", "--stdin")),
    (2, "visit_not_found", ("answer", "tidak-ada", "gov.GOV-01", "3")),
    (2, "usage", ("answer", V)),
    (2, "usage", ("answer", V, "gov.GOV-01")),
    (2, "question_unknown", ("answer", V, "tidak.ADA", "3")),
    (2, "value_not_in_list", ("answer", V, "gov.GOV-01", "7")),
    (2, "value_not_readable", ("answer", V, "gov.GOV-01", "\udcff")),
    (2, "control_character", ("answer", V, "gov.GOV-01", "3", "--note", "\x07")),
    (2, "row_unknown", ("answer", V, "qwn.QWN-REC[4].nama", "x")),
    (2, "visit_sealed", ("answer", S, "gov.GOV-01", "1")),
    (2, "file_not_found", (*ATTACH, f"{F}/gone", *DATA)),
    (2, "file_not_found", (*ATTACH, f"{F}/good.txt/x", *DATA)),
    (2, "is_a_folder", (*ATTACH, f"{F}/folder", *DATA)),
    (2, "file_empty", (*ATTACH, f"{F}/empty", *DATA)),
    (2, "evidence_type", (*ATTACH, f"{F}/good.txt")),
    (2, "evidence_type", (*ATTACH, f"{F}/good.txt", "--type", "gosip")),
    (2, "bad_date", (*ATTACH, f"{F}/good.txt", *DATA, "--date", "kemarin")),
    (2, "control_character", (*ATTACH, f"{F}/good.txt", *DATA, "--title", "\x07")),
    (2, "usage", (*ATTACH, *DATA)),
    (2, "usage", (*ATTACH, f"{F}/good.txt", *DATA, "--evidence", "ev-0001")),
    (2, "evidence_not_found", (*ATTACH, "--evidence", "ev-9999")),
    (2, "evidence_not_found", (*ATTACH, "--evidence", "\udcff")),
    (2, "question_unknown", ("attach", V, "tidak.ADA", f"{F}/good.txt", *DATA)),
    (2, "not_answerable", ("attach", V, "qwn.QWN-REC", f"{F}/good.txt", *DATA)),
    (2, "row_unknown", ("attach", V, "qwn.QWN-REC[3].nama", f"{F}/good.txt", *DATA)),
    (2, "visit_sealed", ("attach", S, "gov.GOV-01", f"{F}/good.txt", *DATA)),
    (2, "no_columns", (*IMPORT, f"{F}/header.csv")),
    (2, "no_columns", (*IMPORT, f"{F}/empty")),
    (2, "no_columns", (*IMPORT, f"{F}/xlsx.csv")),
    (2, "not_utf8", (*IMPORT, f"{F}/xls.csv")),
    (2, "not_utf8", (*IMPORT, f"{F}/utf16.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/line.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/unknown.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/twice.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/control.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/nul.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/quote.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/row.csv")),
    (2, "bad_line", (*IMPORT, f"{F}/repeat.csv")),
    (2, "is_a_folder", (*IMPORT, f"{F}/folder")),
    (2, "file_not_found", (*IMPORT, f"{F}/gone")),
    (2, "visit_sealed", ("visit", "import-self", S, f"{F}/mark.csv")),
    (2, "visit_sealed", ("visit", "finalise", S)),
    (2, "not_sealed", ("visit", "reopen", V, "--reason", "Keliru")),
    (2, "no_reason", ("visit", "reopen", S, "--reason", "")),
    (2, "no_reason", ("visit", "reopen", S, "--reason", " \t")),
    (2, "no_reason", ("visit", "reopen", S, "--reason", "\x07")),
    (2, "usage", ("visit", "reopen", S)),
    (1, "not_sealed", ("export", V)),
    (2, "file_exists", ("export", S, "-o", f"{F}/good.txt")),
    (2, "no_such_folder", ("export", S, "-o", f"{F}/gone/x.zip")),
    (2, "no_such_folder", ("export", S, "-o", f"{F}/good.txt/x.zip")),
    (2, "file_not_found", ("verify", f"{F}/gone.zip")),
    (2, "signers_malformed", ("verify", f"{F}/bundle.zip", "--signers", f"{F}/text.txt")),
    (2, "bad_time", ("verify", f"{F}/bundle.zip", "--time", "nanti")),
    (1, "hash_mismatch", ("show", f"{F}/damaged.zip")),
    (1, "zip_not_canonical", ("show", f"{F}/cut.zip")),
    (2, "file_not_found", ("show", f"{F}/gone.zip")),
    (1, "hash_mismatch", ("extract", f"{F}/damaged.zip", f"{F}/out")),
    (2, "not_a_folder", ("extract", f"{F}/bundle.zip", f"{F}/good.txt")),
    (2, "workspace_exists", ("init", "--name", "Sari", "--email", "sari@contoh.example", "--no-passphrase")),
    (2, "not_an_office", ("key", "trust", f"{F}/text.txt")),
    (2, "file_not_found", ("forms", "check", f"{F}/gone")),
    (2, "not_a_form", ("forms", "check", f"{F}/good.txt")),
    (1, "operand_missing", ("forms", "eval", "1 +")),
    (2, "not_json", ("forms", "eval", "1", "--vars", "[1")),
    (2, "variables_malformed", ("forms", "eval", "1", "--vars", "[1]")),
    (2, "usage", ("tidak-ada",)),
    (2, "usage", ("visit",)),
    (2, "usage", ("visit", "new")),
    (2, "usage", ("visit", "list", "--tidak-ada")),
    (2, "usage", ("visit", "list", "--lang", "fr")),
    (2, "no_terminal", ()),
)  # fmt: skip
STRANGE_FILES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (2, "not_a_file", (*ATTACH, "/dev/zero", *DATA)),
    (2, "not_a_file", (*ATTACH, f"{F}/pipe", *DATA)),
    (2, "file_unreadable", (*ATTACH, f"{F}/loop", *DATA)),
    (2, "file_unreadable", (*ATTACH, f"{F}/{{long}}", *DATA)),
    (2, "file_not_found", (*ATTACH, f"{F}/dangling", *DATA)),
    (2, "too_large", (*IMPORT, "/dev/zero")),
    (2, "system_error", (*NEW, "--forms", f"{F}/{{long}}")),
    (2, "file_unreadable", ("export", S, "-o", f"{F}/{{long}}")),
    (2, "file_exists", ("export", S, "-o", "/dev/null")),
    (2, "file_exists", ("export", S, "-o", f"{F}/pipe")),
)


def name(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments).encode("ascii", "backslashreplace").decode()[:60]


def check_refusal(ran: Ran, exit_code: int, code: str) -> None:
    """The error as JSON on standard output, the same in one line on standard error, and no more."""
    assert (ran.code, ran.json["error"]["code"]) == (exit_code, code), ran
    message = ran.json["error"]["message"]
    assert ran.out.count("\n") == 1
    assert ran.err == f"evaluator: {message}\n"
    assert message.isprintable()


@pytest.mark.parametrize(
    ("exit_code", "code", "arguments"),
    [
        *(pytest.param(*case, id=name(case[2])) for case in CASES),
        *(pytest.param(*case, id=name(case[2]), marks=POSIX) for case in STRANGE_FILES),
    ],
)
def test_refused_in_one_line(place: Place, exit_code: int, code: str, arguments: tuple[str, ...]) -> None:
    before, files = place.bytes(), set(place.folder.iterdir())
    check_refusal(place.run(*arguments), exit_code, code)
    plain = place.run(*arguments, plain=True)
    assert plain.code == exit_code
    assert plain.out == ""
    assert plain.err.count("\n") == 1
    assert place.bytes() == before
    assert set(place.folder.iterdir()) == files


@pytest.mark.parametrize("wrong", [None, "", "keliru"])
def test_the_passphrase_is_wrong_or_missing(
    place: Place, wrong: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.state()
    if wrong is None:
        monkeypatch.delenv(PASSPHRASE_VARIABLE)
    else:
        monkeypatch.setenv(PASSPHRASE_VARIABLE, wrong)
    ran = place.run("visit", "finalise", V)
    assert (ran.code, ran.json["error"]["code"].partition("_")[0]) == (2, "passphrase"), ran
    assert ran.err.count("\n") == 1
    assert place.state() == before
    assert not list((place.home / "outbox").glob(f"*{place.names['visit']}*"))


def copy_of(place: Place, folder: Path) -> Place:
    """A workspace of its own, to be damaged."""
    shutil.copytree(place.home, folder / "home")
    return Place(folder / "home", place.folder, place.names)


@pytest.mark.parametrize(
    "content", [b"bukan kunci", b"", bytes(range(256)) * 4, b"-----BEGIN OPENSSH PRIVATE KEY-----\n"]
)
def test_the_key_is_no_key(place: Place, tmp_path: Path, content: bytes) -> None:
    damaged = copy_of(place, tmp_path)
    (damaged.home / "keys" / "id_ed25519").write_bytes(content)
    before = damaged.state()
    check_refusal(damaged.run("visit", "finalise", V), 2, "key_unusable")
    assert damaged.state() == before


def test_the_key_is_gone(place: Place, tmp_path: Path) -> None:
    damaged = copy_of(place, tmp_path)
    for path in (damaged.home / "keys").iterdir():
        path.unlink()
    before = damaged.state()
    check_refusal(damaged.run("visit", "finalise", V), 2, "file_not_found")
    check_refusal(damaged.run("key", "show"), 2, "file_not_found")
    assert damaged.run("doctor").code == 1
    assert damaged.state() == before


@pytest.mark.parametrize("content", ["[[", "name = 3\n", "tidak_ada = 'x'\n", "\x00\x01", "name = '\x07'"])
def test_the_settings_are_damaged(place: Place, tmp_path: Path, content: str) -> None:
    damaged = copy_of(place, tmp_path)
    (damaged.home / "config.toml").write_text(content)
    for arguments in (("visit", "list"), ("answer", V, "--stdin"), ("doctor",)):
        ran = damaged.run(*arguments)
        assert ran.code == 2
        assert ran.json["error"]["code"] in ("config_unreadable", "config_key")
        assert "config.toml" in ran.err
    shutil.copy(place.home / "config.toml", damaged.home / "config.toml")
    assert damaged.state() == place.state()


def test_the_database_is_something_else(place: Place, tmp_path: Path) -> None:
    damaged = copy_of(place, tmp_path)
    database = damaged.home / "evaluator.db"
    sound = database.read_bytes()
    for content, code in (
        (b"bukan basis data" * 100, "foreign_database"),
        (sound[:5000], "database_damaged"),
    ):
        database.write_bytes(content)
        check_refusal(damaged.run("visit", "list"), 3, code)
        assert database.read_bytes() == content


@pytest.mark.parametrize(
    ("code", "name", "email"),
    [
        ("bad_name", "", "sari@contoh.example"),
        ("bad_name", "\x07", "sari@contoh.example"),
        ("bad_name", "\udcff", "sari@contoh.example"),
        ("bad_name", "x" * 10_000, "sari@contoh.example"),
        ("bad_email", "Sari", "sari"),
        ("bad_email", "Sari", "sari@contoh"),
        ("bad_email", "Sari", "a b@contoh.example"),
        ("bad_email", "Sari", "sári@contoh.example"),
    ],
)
def test_no_workspace_is_made_for_nobody(
    place: Place, tmp_path: Path, code: str, name: str, email: str
) -> None:
    fresh = Place(tmp_path / "home", place.folder)
    check_refusal(fresh.run("init", "--name", name, "--email", email), 2, code)
    assert not fresh.home.exists()


@pytest.mark.parametrize(
    "more", [("--key", "text.txt"), ("--key", "gone"), ("--key", "folder"), ("--office", "text.txt")]
)
def test_no_workspace_is_made_with_a_bad_key(place: Place, tmp_path: Path, more: tuple[str, str]) -> None:
    fresh = Place(tmp_path / "home", place.folder)
    option, file = more
    ran = fresh.run("init", "--name", "Sari", "--email", "s@contoh.example", option, str(place.folder / file))
    assert ran.code == 2, ran
    assert ran.err.count("\n") == 1
    assert not fresh.home.exists()


def test_a_home_that_is_a_file_or_not_there(place: Place) -> None:
    for home in (place.folder / "good.txt", place.folder / "good.txt" / "x", place.folder / "gone"):
        check_refusal(Place(home, place.folder, place.names).run("visit", "list"), 2, "no_workspace")
    blocked = Place(place.folder / "good.txt", place.folder)
    check_refusal(
        blocked.run("init", "--name", "Sari", "--email", "s@contoh.example", "--no-passphrase"),
        2,
        "not_a_folder",
    )
    assert (place.folder / "good.txt").read_bytes() == b"Notulen rapat\n"


def test_files_are_attached_all_or_none(place: Place, tmp_path: Path) -> None:
    other = copy_of(place, tmp_path)
    before = other.state()
    check_refusal(other.run(*ATTACH, f"{F}/good.txt", f"{F}/empty", f"{F}/text.txt", *DATA), 2, "file_empty")
    assert other.state() == before
    assert other.run("doctor").code == 0
    attached = other.ok(*ATTACH, *(f"{F}/{name}" for name in ("good.txt", "text.txt", "good.txt")), *DATA)
    first, second, again = (piece["evidence"] for piece in attached)
    assert first == again != second
    assert other.ok("visit", "show", V)["answers"]["gov.GOV-01"]["evidence"] == [first, second]


def test_verify_goes_on_after_a_bad_file(place: Place) -> None:
    files = [
        f"{F}/{name}" for name in ("damaged.zip", "bundle.zip", "cut.zip", "gone.zip", "text.txt", "empty")
    ]
    ran = place.run("verify", *files)
    assert ran.code == 2
    assert [line["ok"] for line in ran.lines] == [False, True, False, False, False, False]


def test_self_assessments_as_spreadsheets_save_them(place: Place, tmp_path: Path) -> None:
    """Semicolons, a byte order mark, carriage returns, capitals in the header."""
    other = copy_of(place, tmp_path)
    for name in ("semicolons.csv", "mark.csv"):
        assert other.ok("visit", "import-self", V, f"{F}/{name}")["imported"] == 1
