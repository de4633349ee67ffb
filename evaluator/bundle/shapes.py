"""What a signed document must look like: a check for each field, and nothing beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from evaluator import canonical
from evaluator.bundle import names
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.text import line as one_line

Check = Callable[[Any], bool]

MAX_JSON = 16 * 1024 * 1024
MAX_TEXT = 100_000

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_VERSIONED = re.compile(r"([a-z-]+)/([1-9][0-9]{0,3})")


def text(value: Any) -> bool:
    """A text, which may be empty."""
    return isinstance(value, str) and len(value) <= MAX_TEXT


def label(value: Any) -> bool:
    """A printable text of one line that is not empty."""
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()


def count(value: Any) -> bool:
    """A whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def ordinal(value: Any) -> bool:
    """A whole number from 1."""
    return count(value) and value > 0


def sha256(value: Any) -> bool:
    """A SHA-256 as 64 lower-case hexadecimal digits; also a bundle id."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def prefixed_sha256(value: Any) -> bool:
    """`sha256:` and 64 digits, as links to other kinds of documents are written."""
    return isinstance(value, str) and value.startswith("sha256:") and sha256(value[7:])


def fingerprint(value: Any) -> bool:
    """The fingerprint of a key."""
    return isinstance(value, str) and _FINGERPRINT.fullmatch(value) is not None


def visit(value: Any) -> bool:
    """The id of a visit."""
    return isinstance(value, str) and names.is_uuid7(value)


def moment(value: Any) -> bool:
    """A time in UTC to the second, `2026-11-21T20:14:03Z`."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        parse_moment(value)
    except ValueError:
        return False
    return True


def parse_moment(value: str) -> datetime:
    """The instant that `moment` accepts. Raises ValueError."""
    return datetime.fromisoformat(value).astimezone(UTC)


def optional(check: Check) -> Check:
    """null, or what `check` takes."""
    return lambda value: value is None or check(value)


def one_of(*values: str) -> Check:
    """One of these words."""
    return lambda value: value in values


def list_of(check: Check) -> Check:
    """A list of what `check` takes."""
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def record(**fields: Check) -> Check:
    """An object with exactly these keys."""
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == fields.keys()
        and all(check(value[key]) for key, check in fields.items())
    )


def mapping(key: Check, item: Check) -> Check:
    """An object of any keys that `key` takes."""
    return lambda value: isinstance(value, dict) and all(key(name) and item(value[name]) for name in value)


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """The one spelling of a signed document: canonical JSON and a line feed."""
    return canonical.dumps(document) + b"\n"


def parse_document(data: bytes, name: str, schema: str, fields: Mapping[str, Check]) -> dict[str, Any]:
    """The document in `data`, which must have every key of `fields`.

    `schema` is our newest, such as `evaluator-bundle/1`. A key that we do not know is refused in a document of that
    version or an older one, and kept in a newer one. Raises BundleError `statement_malformed`.
    """
    if len(data) > MAX_JSON:
        raise malformed(name, _("it is too long"))
    try:
        document = canonical.loads(data)
        canonical_bytes = document_bytes(document) if isinstance(document, dict) else b""
    except ValueError as error:
        raise malformed(name, str(error)) from None
    if canonical_bytes != data:
        raise malformed(name, _("it is not written in canonical form"))
    check_fields(document, name, schema, fields)
    return dict(document)


def check_fields(document: Mapping[str, Any], name: str, schema: str, fields: Mapping[str, Check]) -> None:
    """That `document` has the keys and kinds of values of `fields`. Raises BundleError `statement_malformed`."""
    found = document.get("schema")
    ours, theirs = _VERSIONED.fullmatch(schema), _VERSIONED.fullmatch(found if isinstance(found, str) else "")
    if not ours or not theirs or ours[1] != theirs[1]:
        raise malformed(name, _("its schema is not {schema}").format(schema=schema))
    unknown = sorted(document.keys() - fields.keys())
    if unknown and int(theirs[2]) <= int(ours[2]):
        raise malformed(name, _("the key {key} is unknown").format(key=one_line(unknown[0], 60)))
    for key, check in fields.items():
        if key not in document:
            raise malformed(name, _("the key {key} is missing").format(key=key))
        if not check(document[key]):
            raise malformed(name, _("{key} has a value that it cannot have").format(key=key))


def malformed(name: str, reason: str) -> BundleError:
    """The error for a signed document that cannot be read."""
    return BundleError(
        "statement_malformed", _("{name} cannot be used: {reason}").format(name=name, reason=reason)
    )
