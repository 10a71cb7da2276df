"""Rows of a run by their numbers."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

from rlm_desktop.engine.tree import Node

_Row = TypeVar("_Row", bound=Node)


class Numbered(MutableMapping[int, _Row]):
    """Rows of a run by their numbers, in the order in which they began.

    A trace numbers its calls, and its batches, as they begin: they are a list, which takes a fifth of a
    dictionary's memory. Others, of a damaged trace, are kept beside it.
    """

    __slots__ = ("_listed", "_others")

    def __init__(self) -> None:
        self._listed: list[_Row] = []
        self._others: dict[int, _Row] = {}

    def get(self, number: int, default: Any = None) -> Any:
        """The row of that number."""
        if 0 <= number < len(self._listed):
            return self._listed[number]
        return self._others.get(number, default)

    def __getitem__(self, number: int) -> _Row:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.get(number) is not None

    def __setitem__(self, number: int, row: _Row) -> None:
        if number == len(self._listed):
            self._listed.append(row)
        else:
            self._others[number] = row

    def __delitem__(self, number: int) -> None:
        raise TypeError("rows are never removed")

    def __iter__(self) -> Iterator[int]:
        if not self._others:
            return iter(range(len(self._listed)))
        places = [(row.index, number) for number, row in (*enumerate(self._listed), *self._others.items())]
        return (number for _, number in sorted(places))

    def __len__(self) -> int:
        return len(self._listed) + len(self._others)
