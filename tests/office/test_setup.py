"""Making an office and enrolling people."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.bundle.office import read_office
from evaluator.identity import assessors
from evaluator.paths import Workspace
from tests.cli.inside import inside

from .homes import Homes


def person(home: Path, email: str, *more: str) -> str:
    made = inside(home, "init", "--name", "Somebody", "--email", email, "--no-passphrase", *more)
    assert made.code == 0, made
    return str(made.json["allowed_signers"])


def test_an_office_is_made_of_a_workspace_in_one_command(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    home = tmp_path / "office"
    made = inside(
        home, "office", "init", tmp_path / "share" / "remote", "--name", "Sekretariat", "--email",
        "office@contoh.example", "--no-passphrase",
    )  # fmt: skip
    assert made.code == 0, made
    office = read_office(Path(made.json["file"]).read_bytes())
    assert made.json["org"] == office.org
    roles = {namespace: entry.key for entry in office.signers.entries for namespace in entry.namespaces}
    assert set(roles) == {"evaluator-roster", "evaluator-assign", "evaluator-review", "evaluator-receipt"}
    assert roles["evaluator-receipt"] != roles["evaluator-review"], "the machine's key can sign nothing else"
    assert (tmp_path / "share" / "remote").is_dir()
    assert made.json["remote"] == str(tmp_path / "share" / "remote")


def test_making_an_office_again_keeps_its_keys(homes: Homes, tmp_path: Path) -> None:
    before = (homes.office / "office.pub").read_bytes()
    other = tmp_path / "other"
    again = homes.ok(homes.office, "office", "init", other)
    assert (homes.office / "office.pub").read_bytes() == before
    assert again["remote"] == str(other)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--database", "postgresql://db/office"], "database_not_supported"),
        (["/nowhere/at/all"], "no_such_folder"),
        (["s3://bucket/prefix"], "remote_not_supported"),
    ],
)
def test_what_an_office_cannot_use_is_refused(tmp_path: Path, arguments: list[str], code: str) -> None:
    home = tmp_path / "home"
    person(home, "office@contoh.example")
    ran = inside(home, "office", "init", *arguments)
    assert ran.code == 2
    assert ran.json["error"]["code"] == code
    assert not (home / "office.pub").exists()


def test_a_workspace_that_is_no_office_says_so(homes: Homes) -> None:
    for command in (["ingest"], ["status"], ["enrol", homes.office / "keys" / "allowed_signers"]):
        ran = homes.run(homes.assessor_1, "office", *command)
        assert ran.code == 2, ran
        assert ran.json["error"]["code"] == "not_an_office"


def test_an_enrolled_key_may_do_what_its_role_does(homes: Homes, tmp_path: Path) -> None:
    line = person(tmp_path / "new", "baru@contoh.example")
    name, _options, *key = line.split(" ")
    (enrolled,) = homes.ok(homes.office, "office", "enrol", " ".join([name, *key]))
    assert enrolled["role"] == "assessor"
    signers = assessors(Workspace(homes.office))
    assert signers is not None
    (entry,) = signers.of_principal("baru@contoh.example")
    assert entry.namespaces == ("evaluator-bundle", "evaluator-dispatch", "evaluator-enrol")
    homes.ok(homes.office, "office", "enrol", line)
    again = assessors(Workspace(homes.office))
    assert again is not None
    assert len(again.of_principal("baru@contoh.example")) == 1, "the same key again is one line"


def test_a_reviewer_joins_the_office_without_changing_it(homes: Homes, tmp_path: Path) -> None:
    before = read_office((homes.office / "office.pub").read_bytes())
    line = person(tmp_path / "new", "penilai@contoh.example")
    (tmp_path / "line").write_text(line + "\n")
    homes.ok(homes.office, "office", "enrol", "--reviewer", tmp_path / "line")
    after = read_office((homes.office / "office.pub").read_bytes())
    assert after.org == before.org
    (entry,) = after.signers.of_principal("penilai@contoh.example")
    assert entry.namespaces == ("evaluator-review",)
    assert (homes.office / "keys" / "office.pub").read_bytes() == (homes.office / "office.pub").read_bytes()


def test_keys_that_must_not_be_enrolled(homes: Homes, tmp_path: Path) -> None:
    line = person(tmp_path / "new", "baru@contoh.example")
    known = homes.ok(homes.assessor_1, "key", "show")["allowed_signers"]
    ingest = (homes.office / "keys" / "ingest_ed25519.pub").read_text().split(" ")
    before = (homes.office / "keys" / "allowed_signers").read_bytes()
    refused = {
        "enrol_rights": line.replace("evaluator-enrol", "evaluator-receipt"),
        "key_enrolled": known.replace("sari.wulandari", "orang.lain"),
        "signers_malformed": "baru@contoh.example ssh-ed25519 AAAA",
    }
    for code, text in refused.items():
        ran = homes.run(homes.office, "office", "enrol", line, text)
        assert ran.code == 2, ran
        assert ran.json["error"]["code"] == code
    ran = homes.run(homes.office, "office", "enrol", f"sekretariat@contoh.example {ingest[0]} {ingest[1]}")
    assert ran.json["error"]["code"] == "key_enrolled"
    assert (homes.office / "keys" / "allowed_signers").read_bytes() == before, "nobody was enrolled half"
