"""Finding, loading, installing and keeping instruments.

The shipped instruments lie in `evaluator/forms` of an installed package, in `forms/` of a checkout. A visit keeps
the instrument it was started with: its exact bytes are installed in the workspace under their fingerprint.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluator.errors import DefinitionError, NotFoundError, UsageError
from evaluator.form.definition import Instrument
from evaluator.form.reading import INSTRUMENT_FILE, read_instrument
from evaluator.form.source import MAX_BYTES, MAX_TABLE_BYTES
from evaluator.language import _
from evaluator.paths import disk_errors, make_directory, read_input, write_atomically

_SUFFIXES: Final = (".toml", ".csv")
_KEPT: Final = 8
_LISTED: Final = 8
# Words before the proper name of a region that people leave out or shorten.
_TITLES: Final = {"kab": "kabupaten", "kab.": "kabupaten", "adm": "administrasi", "adm.": "administrasi"}
_QUALIFIER: Final = "administrasi"


@dataclass(frozen=True, slots=True)
class Region:
    """A regency or city; `name` is the full one, `Kabupaten Kutai Kartanegara`."""

    code: str
    name: str
    kind: str
    province: str


def forms_folder() -> Path:
    """The folder of shipped instruments: inside an installed package, else beside the package in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "forms", package.parent / "forms"):
        if folder.is_dir():
            return folder
    raise NotFoundError(
        "forms_not_found",
        _("The forms that belong to the program are missing from {path}").format(path=package / "forms"),
        _("Install the program again"),
    )


def available() -> list[Path]:
    """The folders of the shipped instruments, by name."""
    return sorted(path.parent for path in forms_folder().glob(f"*/{INSTRUMENT_FILE}"))


def default_instrument() -> Instrument:
    """The instrument for new visits: the first that is shipped."""
    folders = available()
    if not folders:
        raise NotFoundError(
            "forms_not_found",
            _("There is no instrument in {path}").format(path=forms_folder()),
            _("Install the program again"),
        )
    return load_folder(folders[0])


def load_folder(path: Path) -> Instrument:
    """The instrument in the folder `path`. Raises NotFoundError or DefinitionError."""
    return load(read_folder(path))


def read_folder(path: Path) -> dict[str, bytes]:
    """The bytes of an instrument's files by name. Raises NotFoundError if there is no instrument in `path`."""
    if not (path / INSTRUMENT_FILE).is_file():
        raise NotFoundError(
            "instrument_not_found",
            _("There is no instrument in {path}").format(path=path),
            _("Name a folder that holds {file}").format(file=INSTRUMENT_FILE),
        )
    return {file.name: _read(file) for file in sorted(path.iterdir()) if file.suffix in _SUFFIXES}


def files_to_check(path: Path) -> tuple[dict[str, bytes], str]:
    """The files that `forms check PATH` looks at, and the one it reports on, or "" for all.

    A form file that has its instrument beside it is judged together with it, since its choice lists, scale and
    agencies stand there; otherwise it is judged alone.
    """
    if path.is_dir():
        return read_folder(path), ""
    if (
        path.suffix == ".toml"
        and path.name != INSTRUMENT_FILE
        and not (path.parent / INSTRUMENT_FILE).is_file()
    ):
        return {path.name: _read(path)}, path.name
    if path.suffix not in _SUFFIXES:
        read_input(path, MAX_TABLE_BYTES)
        raise UsageError(
            "not_a_form",
            _("{path} is not a form file").format(path=path),
            _("Name a .toml file, or a folder that holds {file}").format(file=INSTRUMENT_FILE),
        )
    files = read_folder(path.parent)
    if path.name not in files:
        files[path.name] = _read(path)
    return files, path.name


def _read(file: Path) -> bytes:
    # One byte more than the limit is enough to be refused with a line about form files.
    return read_input(file, MAX_TABLE_BYTES if file.suffix == ".csv" else 8 * MAX_BYTES)


def load(files: Mapping[str, bytes]) -> Instrument:
    """The instrument of `files`, parsed once in a process. Raises DefinitionError."""
    key = fingerprint(files)
    found = _loaded.get(key)
    if found is None:
        found = read_instrument(files)
        _loaded[key] = found
        while len(_loaded) > _KEPT:
            _loaded.popitem(last=False)
    return found


_loaded: OrderedDict[str, Instrument] = OrderedDict()


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 in hex over the sorted list of `hash  name` lines, as `sha256sum` prints them."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def install(instrument: Instrument, workspace_instruments: Path) -> str:
    """Keep the exact files of `instrument` in the workspace, durably; gives their fingerprint."""
    key = fingerprint(instrument.files)
    folder = workspace_instruments / key
    make_directory(folder)
    # The list of files goes last: a folder that a power cut left half written is filled again.
    names = sorted(instrument.files, key=lambda name: (name == INSTRUMENT_FILE, name))
    for name in names:
        target = folder / name
        with disk_errors(target):
            kept = target.is_file() and target.read_bytes() == instrument.files[name]
        if not kept:
            write_atomically(target, instrument.files[name])
    _loaded.setdefault(key, instrument)
    return key


def load_installed(workspace_instruments: Path, key: str) -> Instrument:
    """The instrument that a visit was started with. Raises NotFoundError if it is gone, DefinitionError if altered."""
    found = _loaded.get(key)
    if found is not None:
        return found
    folder = workspace_instruments / key
    if not (folder / INSTRUMENT_FILE).is_file():
        raise NotFoundError(
            "instrument_not_found",
            _("The forms of this visit are missing from {path}").format(path=folder),
            _("Restore the folder from a backup; the answers are kept"),
        )
    files = read_folder(folder)
    if fingerprint(files) != key:
        raise DefinitionError(
            "instrument_altered",
            _("The forms of this visit in {path} have been altered").format(path=folder),
            _("Restore the folder from a backup; the answers are kept"),
        )
    return load(files)


def regions(instrument: Instrument) -> Mapping[str, Region]:
    """The regions that the instrument lists, by code, in the order of its table; empty if it lists none."""
    source = instrument.regions
    table = instrument.tables.get(source.table) if source else None
    if source is None or table is None:
        return {}
    at = {column: index for index, column in enumerate(table.columns)}
    kind, province = at.get(source.kind), at.get(source.province)
    return {
        row[at[source.code]]: Region(
            row[at[source.code]],
            row[at[source.name]],
            "" if kind is None else row[kind],
            "" if province is None else row[province],
        )
        for row in table.rows
    }


def find_region(instrument: Instrument, text: str) -> Region:
    """The region with this code or name, with or without what stands before the name: `64.02`, `kutai kartanegara`.

    Raises NotFoundError with the candidates for a name that several have (Bogor is a regency and a city), with the
    nearest names for one that none has.
    """
    known = regions(instrument)
    wanted = text.strip()
    if wanted in known:
        return known[wanted]
    spelt = _spelt(wanted)
    for candidates in (
        [region for region in known.values() if _spelt(region.name) == spelt],
        [region for region in known.values() if _proper(region) == spelt],
    ):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise NotFoundError(
                "region_ambiguous",
                _("“{name}” may be {candidates}").format(name=wanted, candidates=_listed(candidates)),
                _("Give the code"),
            )
    near = _near(spelt, known.values())
    hint = _("Did you mean {names}?").format(names=_listed(near)) if near else _("Give the Kemendagri code")
    raise NotFoundError("region_not_found", _("There is no region “{name}”").format(name=wanted), hint)


def _spelt(name: str) -> str:
    """A name as it is compared: one case, single blanks, titles written out."""
    return " ".join(_TITLES.get(word, word) for word in name.casefold().replace("-", " ").split())


def _proper(region: Region) -> str:
    """The name without its kind: `kutai kartanegara`."""
    name = _spelt(region.name).removeprefix(f"{_spelt(region.kind)} ") if region.kind else _spelt(region.name)
    return name.removeprefix(f"{_QUALIFIER} ")


def _near(spelt: str, known: Iterable[Region]) -> list[Region]:
    """The regions whose names hold the words, else those spelt alike."""
    if not spelt:
        return []
    names = {region: _proper(region) for region in known}
    holding = [region for region, name in names.items() if len(spelt) > 2 and spelt in name]
    if holding:
        return holding[:_LISTED]
    proper = spelt.removeprefix("kabupaten ").removeprefix("kota ")
    alike = difflib.get_close_matches(proper, set(names.values()), 3, 0.7)
    return [region for name in alike for region, own in names.items() if own == name][:_LISTED]


def _listed(found: Iterable[Region]) -> str:
    return ", ".join(f"{region.name} ({region.code})" for region in found)
