"""Turn JSON data into dataclasses, or say exactly which field is wrong."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Between:
    """The number lies in this range, ends included."""

    low: float
    high: float

    def check(self, value: Any) -> str | None:
        return None if self.low <= value <= self.high else f"{value} is not between {self.low} and {self.high}"


@dataclass(frozen=True)
class OneOf:
    """The word is one of these."""

    words: Container[str]

    def check(self, value: Any) -> str | None:
        return None if isinstance(value, str) and value in self.words else f"unknown name {value!r}"


@dataclass(frozen=True)
class HexColour:
    """The word is a colour such as `#FFE2A0`."""

    def check(self, value: Any) -> str | None:
        return None if re.fullmatch("#[0-9A-Fa-f]{6}", value) else f"{value!r} is no colour like '#FFE2A0'"


@dataclass(frozen=True)
class NotEmpty:
    """There is at least one."""

    def check(self, value: Any) -> str | None:
        return None if value else "there is none"


Colour = Annotated[str, HexColour()]
Colours = Annotated[tuple[Colour, ...], NotEmpty()]
# Which gradient of a drawing (c1, c2, c3) gets which colour.
Recolouring = tuple[tuple[str, Colour], ...]


def read(kind: type[T], data: Mapping[str, Any], where: str) -> T:
    """Make a `kind` from data; raise ValueError beginning with `where` and the field's name."""
    hints = get_type_hints(kind, include_extras=True)
    known = {field.name: field for field in fields(kind)}
    for name in data:
        if name not in known:
            raise ValueError(f"{where}.{name}: there is no such field")
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{where}.{name}: is missing")
    return kind(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in data.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) is Annotated:
        inner, *checks = get_args(hint)
        made = _value(inner, value, where)
        _check(checks, made, where)
        return made
    if get_origin(hint) is Literal:
        _check([OneOf(get_args(hint))], value, where)
        return value
    if get_origin(hint) is tuple:
        return _items(get_args(hint), value, where)
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    raise ValueError(f"{where}: {value!r} is not a {hint.__name__}")


def _check(checks: Iterable[Any], value: Any, where: str) -> None:
    for check in checks:
        problem = check.check(value)
        if problem:
            raise ValueError(f"{where}: {problem}")


def _items(hints: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{where}: {value!r} is not a list")
    if len(hints) == 2 and hints[1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(hints) != len(value):
        raise ValueError(f"{where}: {len(value)} values where {len(hints)} belong")
    return tuple(
        _value(hint, item, f"{where}[{index}]") for index, (hint, item) in enumerate(zip(hints, value, strict=True))
    )
