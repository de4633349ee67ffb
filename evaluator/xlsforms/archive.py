"""What a workbook may cost: judged before anything parses it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from evaluator.errors import DefinitionError
from evaluator.language import _

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_MEMBER: Final = 20 * 1024 * 1024
MAX_TOTAL: Final = 50 * 1024 * 1024
MAX_RATIO: Final = 100
MAX_MEMBERS: Final = 1000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
# A comment or processing instruction of megabytes, or a document type, costs a parser far more than its size.
MAX_MARKUP: Final = 64 * 1024

_SMALL: Final = 1024 * 1024  # below this the ratio does not matter: blank sheets compress very well
_CHUNK: Final = 256 * 1024
_ROW: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?row[\s/>]")
_FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY")
_OPENING: Final = (b"<!--", b"<?", b"<![CDATA[")


def check_archive(data: bytes) -> None:
    """Refuse a workbook in ZIP form that would cost too much. Counts what really comes out, not what it says.

    Raises DefinitionError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _refused(_("it has more than {most} parts").format(most=MAX_MEMBERS))
            total = 0
            for member in members:
                total += _inflated(archive, member, MAX_TOTAL - total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused(_("it is damaged: {reason}").format(reason=error)) from None


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """The bytes of a part; its rows and markup are counted on the way."""
    is_sheet = member.filename.lower().startswith("xl/worksheets/")
    is_markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, rows = 0, 0
    markup = _Markup()
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > min(MAX_MEMBER, left):
                raise _refused(_("it unpacks to more than {size} MB").format(size=MAX_TOTAL // 1024**2))
            if size > _SMALL and size > MAX_RATIO * max(member.compress_size, 1):
                raise _refused(_("it unpacks to more than {ratio} times its size").format(ratio=MAX_RATIO))
            if is_markup:
                markup.feed(chunk)
            if is_sheet:
                rows += len(_ROW.findall(tail + chunk)) - len(_ROW.findall(tail))
                tail = chunk[-48:]
                if rows > MAX_ROWS:
                    raise _refused(_("a sheet has more than {most} rows").format(most=MAX_ROWS))
    return size


class _Markup:
    """Looks through XML in pieces for what honest workbooks do not have."""

    def __init__(self) -> None:
        self._text = b""

    def feed(self, chunk: bytes) -> None:
        """Judge the next piece."""
        text = self._text + chunk
        upper = text.upper()
        if any(word in upper for word in _FORBIDDEN):
            raise _refused(_("it declares entities, which no form needs"))
        kept = text[-16:]
        for opening in _OPENING:
            start = text.rfind(opening)
            closing = {b"<!--": b"-->", b"<?": b"?>", b"<![CDATA[": b"]]>"}[opening]
            if start >= 0 and closing not in text[start:]:
                if len(text) - start > MAX_MARKUP:
                    raise _refused(_("it hides {size} kB in a comment").format(size=MAX_MARKUP // 1024))
                kept = text[min(start, len(text) - 16) :] if len(text) > 16 else text
        self._text = kept


def _refused(reason: str) -> DefinitionError:
    return DefinitionError(
        "workbook_limit",
        _("this workbook is not read: {reason}").format(reason=reason),
        _("Copy the sheets of the form into a new workbook"),
    )
