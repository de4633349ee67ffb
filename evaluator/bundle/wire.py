"""The SSH wire format (RFC 4251 section 5): length-prefixed strings, numbers, exact to the last byte."""

from __future__ import annotations


def string(data: bytes) -> bytes:
    """`data` with its length before it."""
    return len(data).to_bytes(4, "big") + data


def mpint(number: int) -> bytes:
    """A positive number with its length before it and a leading zero where the top bit is set."""
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")


class Reader:
    """Takes fields off the front of `data`; every method raises ValueError where the field is not there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise ValueError("truncated")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def uint32(self) -> int:
        """A number of four bytes."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """A string of bytes."""
        return self.take(self.uint32())

    def text(self) -> str:
        """A string of printable ASCII."""
        raw = self.string().decode("ascii")
        if not raw.isprintable():
            raise ValueError("unprintable")
        return raw

    def mpint(self) -> int:
        """A positive number in its only encoding."""
        raw = self.string()
        number = int.from_bytes(raw, "big")
        if raw != mpint(number)[4:]:
            raise ValueError("not the shortest form of a positive number")
        return number

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise ValueError("trailing bytes")
