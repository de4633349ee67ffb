"""Finding, installing and keeping instruments; regions by code and name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluator import instruments
from evaluator.errors import DefinitionError, NotFoundError, UsageError
from evaluator.form.definition import Instrument


@pytest.fixture(scope="module")
def shipped() -> Instrument:
    return instruments.default_instrument()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(instruments.available()[0], tmp_path / "copy"))


def test_the_shipped_instrument_is_found(shipped: Instrument) -> None:
    assert [path.name for path in instruments.available()] == ["smartcity"]
    assert shipped.id == "smartcity"
    assert set(shipped.files) >= {"instrument.toml", "gov.toml", "regions.csv"}
    assert all(name.endswith((".toml", ".csv")) for name in shipped.files)


def test_an_instrument_is_parsed_once(shipped: Instrument, folder: Path) -> None:
    assert instruments.default_instrument() is shipped
    assert instruments.load_folder(folder) is shipped


def test_a_folder_without_an_instrument_is_not_found(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFoundError) as raised:
            instruments.load_folder(path)
        assert raised.value.code == "instrument_not_found"
        assert str(path) in raised.value.message


def test_a_broken_form_is_told_with_its_place(folder: Path) -> None:
    with (folder / "gov.toml").open("a") as file:
        file.write("\n[oops\n")
    with pytest.raises(DefinitionError) as raised:
        instruments.load_folder(folder)
    assert raised.value.file == "gov.toml"
    assert raised.value.line > 100


def test_the_fingerprint_is_that_of_names_and_contents(shipped: Instrument) -> None:
    files = dict(shipped.files)
    assert instruments.fingerprint(dict(reversed(files.items()))) == instruments.fingerprint(files)
    changed = {**files, "gov.toml": files["gov.toml"] + b"\n"}
    renamed = {**files, "gov2.toml": files["gov.toml"]}
    del renamed["gov.toml"]
    prints = {instruments.fingerprint(found) for found in (files, changed, renamed)}
    assert len(prints) == 3
    assert all(len(found) == 64 for found in prints)


def test_an_installed_instrument_has_the_exact_bytes(shipped: Instrument, tmp_path: Path) -> None:
    home = tmp_path / "instruments"
    key = instruments.install(shipped, home)
    assert key == instruments.fingerprint(shipped.files)
    assert {file.name: file.read_bytes() for file in (home / key).iterdir()} == shipped.files
    assert instruments.load_installed(home, key) is shipped


def test_installing_again_repairs_what_a_power_cut_left(shipped: Instrument, tmp_path: Path) -> None:
    home = tmp_path / "instruments"
    key = instruments.install(shipped, home)
    (home / key / "gov.toml").write_bytes(b"half")
    (home / key / "instrument.toml").unlink()
    assert instruments.install(shipped, home) == key
    assert {file.name: file.read_bytes() for file in (home / key).iterdir()} == shipped.files


def test_an_installed_instrument_keeps_the_wording_of_its_visit(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "instruments"
    file = folder / "gov.toml"
    file.write_bytes(file.read_bytes().replace(b"Tata Kelola Cerdas", b"Tata Kelola Lama"))
    key = instruments.install(instruments.load_folder(folder), home)
    assert instruments.load_installed(home, key).form("gov").title.text("id") == "Tata Kelola Lama"
    assert instruments.default_instrument().form("gov").title.text("id") == "Tata Kelola Cerdas"


def test_a_missing_or_altered_installation_is_told(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "instruments"
    with pytest.raises(NotFoundError):
        instruments.load_installed(home, "0" * 64)
    shutil.copytree(folder, home / ("1" * 64))
    with pytest.raises(DefinitionError) as raised:
        instruments.load_installed(home, "1" * 64)
    assert raised.value.code == "instrument_altered"


def test_a_form_is_judged_with_the_instrument_beside_it(folder: Path, tmp_path: Path) -> None:
    files, only = instruments.files_to_check(folder / "gov.toml")
    assert only == "gov.toml"
    assert "instrument.toml" in files
    lone = tmp_path / "gov.toml"
    shutil.copy(folder / "gov.toml", lone)
    assert instruments.files_to_check(lone) == ({"gov.toml": lone.read_bytes()}, "gov.toml")
    assert instruments.files_to_check(folder)[1] == ""


def test_what_is_not_a_form_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError):
        instruments.files_to_check(folder / "regions.LICENSE.txt")
    with pytest.raises(NotFoundError):
        instruments.files_to_check(folder / "none.toml")
    with pytest.raises(NotFoundError):
        instruments.files_to_check(folder.parent / "nowhere")


def test_there_are_514_regions(shipped: Instrument) -> None:
    regions = instruments.regions(shipped)
    assert len(regions) == 514
    assert regions["64.02"] == instruments.Region(
        "64.02", "Kabupaten Kutai Kartanegara", "kabupaten", "Kalimantan Timur"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("64.02", "64.02"),
        (" 64.02 ", "64.02"),
        ("Kutai Kartanegara", "64.02"),
        ("kutai  kartanegara", "64.02"),
        ("KABUPATEN KUTAI KARTANEGARA", "64.02"),
        ("Kab. Kutai Kartanegara", "64.02"),
        ("Kota Bogor", "32.71"),
        ("kab bogor", "32.01"),
        ("Jakarta Selatan", "31.74"),
        ("Kota Adm. Jakarta Selatan", "31.74"),
        ("Kepulauan Seribu", "31.01"),
        ("Bau-Bau", "74.72"),
    ],
)
def test_a_region_is_found(shipped: Instrument, text: str, code: str) -> None:
    assert instruments.find_region(shipped, text).code == code


def test_every_region_is_found_by_its_full_name(shipped: Instrument) -> None:
    for region in instruments.regions(shipped).values():
        assert instruments.find_region(shipped, region.name) == region


def test_an_ambiguous_name_lists_the_candidates_with_their_codes(shipped: Instrument) -> None:
    with pytest.raises(NotFoundError) as raised:
        instruments.find_region(shipped, "Bogor")
    assert raised.value.code == "region_ambiguous"
    assert "32.01" in raised.value.message
    assert "32.71" in raised.value.message


@pytest.mark.parametrize(
    ("text", "suggested"),
    [("Kutei Kartanegara", "64.02"), ("kutai", "64.07"), ("Kota Samarinde", "64.72"), ("6402", ""), ("", "")],
)
def test_an_unknown_name_suggests_the_nearest(shipped: Instrument, text: str, suggested: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        instruments.find_region(shipped, text)
    assert raised.value.code == "region_not_found"
    assert suggested in raised.value.hint
    assert raised.value.exit_code == 2
