"""Bad lines given to `answer --stdin`: each refused with its line number and a code, and nothing of it stored."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Place

LONG = "x" * 100_001
ITEM = "gov.GOV-01"
TEXT = "pnt.PNT-02"
ROW = "qwn.QWN-REC[1]"


def on(question: str = ITEM, **keys: Any) -> bytes:
    return json.dumps({"question": question, **keys}).encode()


def raw(rest: str) -> bytes:
    return f'{{"question":"{ITEM}",{rest}}}'.encode()


REFUSED: tuple[tuple[str, bytes], ...] = (
    # no level of the scale
    ("value_not_in_list", on(value=7)),
    ("value_not_in_list", on(value=-1)),
    ("value_not_in_list", on(value="3.5")),
    ("value_not_in_list", raw('"value":3.5')),
    ("value_not_in_list", raw('"value":3.0000000000000001')),
    ("value_not_readable", on(value="tiga")),
    ("value_not_readable", on(value="٣")),
    ("value_not_readable", on(value=True)),
    ("value_not_readable", on(value=[3])),
    ("value_not_readable", on(value={"level": {"is": 3}})),
    ("value_not_readable", on(value=LONG)),
    ("value_not_readable", on(value="3\x1b[2J")),
    ("value_not_readable", on(value="\ud800")),
    ("value_not_readable", raw('"value":' + "[" * 500 + "]" * 500)),
    # no numbers, and numbers that would fill the memory
    ("not_json", raw('"value":NaN')),
    ("not_json", raw('"value":-Infinity')),
    ("not_json", raw('"value":' + "9" * 5000)),
    ("value_not_readable", raw('"value":' + "9" * 4000)),
    ("value_not_readable", raw('"value":"' + "9" * 5000 + '"')),
    ("value_not_readable", raw('"value":1e400')),
    ("value_not_readable", raw('"value":1e999999999')),
    ("value_not_readable", raw('"value":1e-999999999')),
    ("value_not_readable", on("ksp.KSP-Q5", value="1,5")),
    ("value_not_readable", on("ksp.KSP-Q5", value=10**30)),
    ("companion_refused", raw('"evidence_quality":1e999999999')),
    # other types
    ("value_not_readable", on("knj.KNJ-05", value="2026-13-45")),
    ("value_not_readable", on("knj.KNJ-05", value="kemarin")),
    ("value_not_readable", on("knj.KNJ-05", value=20261117)),
    ("value_not_in_list", on("knj.KNJ-08", value="mungkin")),
    ("value_not_readable", on("pnt.PNT-03", value=["terima"])),
    ("value_not_readable", on(TEXT, value=["a"])),
    ("text_too_long", on(TEXT, value=LONG)),
    ("control_character", on(TEXT, value="\x1b]0;judul\x07")),
    ("control_character", on(TEXT, value="a\ud800b")),
    ("value_not_in_list", on("pnt.PNT-REKOM[1].dasar", value=["pnt.PNT-LEMAH[9]"])),
    ("value_not_readable", on("pnt.PNT-REKOM[1].dasar", value={"a": 1})),
    ("value_not_readable", on("pnt.PNT-REKOM[1].dasar", value=[["x"]])),
    ("read_only", on("knj.KNJ-01", value="64.03")),
    # what stands beside the value
    ("companion_refused", on(note=5)),
    ("companion_refused", on(note=["a"])),
    ("companion_refused", on(note=LONG)),
    ("control_character", on(note="\x00")),
    ("control_character", on(note="\ud800")),
    ("control_character", raw('"note":"\xff"').replace(b"\xc3\xbf", b"\xff")),
    ("companion_refused", on(flag="ya")),
    ("companion_refused", on(confidence="sangat")),
    ("companion_refused", on(evidence_quality=9)),
    ("companion_refused", on(evidence_quality=True)),
    ("companion_refused", on(data_year="lalu")),
    ("companion_refused", on(data_quality="A")),
    ("companion_refused", on(respondents=5)),
    ("companion_refused", on(respondents=[{"a": 1}])),
    ("control_character", on(respondents=["\x07"])),
    ("companion_refused", on(source={})),
    # not applicable
    ("unknown_na_reason", on(na="malas")),
    ("value_and_na", on(value=3, na="geografis")),
    *(("bad_key", on(na=wrong)) for wrong in (5, True, False, 0, [], {}, ["geografis"], "\ud800")),
    # tokens and actions
    *(("bad_key", on(value=3, token=wrong)) for wrong in (5, True, [], ["a"], {"a": 1}, "\ud800", "\x00", LONG)),
    *(("bad_key", on(action=wrong)) for wrong in (5, [], {}, "\ud800")),
    ("unknown_action", on(action="explode")),
    ("unknown_action", on(action="delete")),
    ("unknown_action", on(ROW, action="copy")),
    ("unknown_action", on("qwn.QWN-REC", action="delete")),
    ("unknown_action", on(f"{ROW}.nama", action="delete")),
    ("row_unknown", on("qwn.QWN-REC[9]", action="delete")),
    ("row_unknown", on("qwn.QWN-REC[3]", action="delete")),
    ("row_unknown", on("qwn.QWN-REC[9]", action="insert")),
    *(("bad_position", on(ROW, action="move", value=wrong)) for wrong in (9, 0, "1.5", True, [1], None)),
    ("bad_position", on(ROW, action="move")),
    # questions that are not there
    ("question_unknown", on("tidak.ADA-01", value=3)),
    ("question_unknown", on("", value=3)),
    ("question_unknown", on("gov", value=3)),
    ("question_unknown", on("gov.GOV-01.x", value=3)),
    ("question_unknown", on("\ud800", value=3)),
    ("question_unknown", on("\x1b[2J", value=3)),
    ("question_unknown", on("g" * 100_000, value=3)),
    ("question_unknown", on(f"{ROW}.tidakada", value="x")),
    ("question_unknown", on("qwn.QWN-REC[3].tidakada", value="x")),
    ("row_not_named", on("gov.GOV-01[1]", value=3)),
    ("row_not_named", on("qwn.QWN-REC.nama", value="x")),
    ("not_answerable", on("qwn.QWN-REC", value=3)),
    ("not_answerable", on(ROW, value=3)),
    ("not_answerable", on("qwn.QWN-REC[3]", value=3)),
    *(("row_unknown", on(f"qwn.QWN-REC[{at}].nama", value="x")) for at in ("4", "0", "-1", "1.5", "9" * 30, "³")),
    # a new row is not made for a value that is refused
    ("value_not_in_list", on("qwn.QWN-REC[3].QWN-01", value=9)),
    ("control_character", on("qwn.QWN-REC[3].nama", value="\x07")),
    # no entry at all
    ("nothing_to_do", on()),
    ("nothing_to_do", on(token="t", action=None)),
    ("unknown_key", on(valeu=3)),
    ("unknown_key", on(value=3, valeu=3)),
    ("no_question", b"[1,2]"),
    ("no_question", b'"gov.GOV-01"'),
    ("no_question", b"null"),
    ("no_question", b"{}"),
    ("no_question", b'{"value":3}'),
    ("no_question", b'{"question":5,"value":3}'),
    ("not_json", b"omong kosong"),
    ("not_json", raw('"value":3')[:-1]),
    ("not_json", raw('"value":3,"value":4')),
    ("not_json", b"[" * 100_000),
    ("not_json", b'{"a":' * 100_000),
    ("not_json", raw('"value":4') + b"\0"),
    ("not_json", b"\xff\xfe" + raw('"value":4')),
    ("not_json", b"{\xff:4}"),
)  # fmt: skip


def test_each_bad_line_is_refused_by_number_and_changes_nothing(place: Place) -> None:
    before = place.state()
    # Blank lines count, and are passed over.
    ran = place.run("answer", "{visit}", "--stdin", given=b"\n \n".join(line for _code, line in REFUSED))
    assert ran.code == 1
    assert ran.err == ""
    replies = ran.lines
    assert [(reply["ok"], reply["line"]) for reply in replies] == [
        (False, 2 * number + 1) for number in range(len(REFUSED))
    ]
    found = [
        (reply["error"]["code"], line[:80]) for reply, (_code, line) in zip(replies, REFUSED, strict=True)
    ]
    assert found == [(code, line[:80]) for code, line in REFUSED]
    for reply in replies:
        message = reply["error"]["message"]
        assert message
        assert message.isprintable()
        assert len(message) <= 2000
    assert place.state() == before


def test_good_lines_between_bad_ones_are_stored(place: Place) -> None:
    before = place.ok("visit", "show", "{visit}")
    given = b"\n".join((b"rusak", on(note="pertama"), b"[]", on(note="kedua"), on("tidak.ada", value=1)))
    ran = place.run("answer", "{visit}", "--stdin", given=given)
    assert ran.code == 1
    assert [reply["ok"] for reply in ran.lines] == [False, True, False, True, False]
    after = place.ok("visit", "show", "{visit}")
    assert after["answers"].pop(ITEM)["note"] == "kedua"
    expected = before["answers"].pop(ITEM)
    assert after == before
    place.ok("answer", "{visit}", "--stdin", given=on(note=expected["note"]))


def test_lines_as_other_systems_write_them_are_taken(place: Place) -> None:
    """A byte order mark before the first line, carriage returns, no line feed at the end, null for no token."""
    value = place.ok("visit", "show", "{visit}")["answers"][ITEM]["value"]
    lines = (on(value=value), on(value=value, token=None), on(value=str(value), token=""))
    ran = place.run("answer", "{visit}", "--stdin", given=b"\xef\xbb\xbf" + b"\r\n\r\n".join(lines))
    assert ran.code == 0, ran
    assert [reply["ok"] for reply in ran.lines] == [True] * 3


def test_taking_back_na_leaves_a_value_alone(place: Place) -> None:
    before = place.state()
    for none in (None, ""):
        place.ok("answer", "{visit}", "--stdin", given=on(na=none))
    assert place.state() == before


def test_lines_for_a_sealed_visit_are_refused(place: Place) -> None:
    before = place.state()
    given = b"\n".join((on(value=1), on(ROW, action="delete"), on(note="x", token="t")))
    ran = place.run("answer", "{sealed}", "--stdin", given=given)
    assert ran.code == 1
    assert [reply["error"]["code"] for reply in ran.lines] == ["visit_sealed"] * 3
    assert place.state() == before


def test_no_lines_are_no_error(place: Place) -> None:
    assert place.run("answer", "{visit}", "--stdin", given=b"\n\n \n") == place.run(
        "answer", "{visit}", "--stdin"
    )
