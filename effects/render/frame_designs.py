"""The frames themselves: where the picture shows, and SVG painted around it."""

from collections.abc import Callable
from typing import NamedTuple


class Window(NamedTuple):
    """Where the picture shows, in parts of the canvas."""

    left: float
    top: float
    right: float
    bottom: float

    def pixels(self, w: float, h: float) -> "Window":
        return Window(self.left * w, self.top * h, self.right * w, self.bottom * h)


class Design(NamedTuple):
    """A frame: where the picture shows, and SVG for a width and a height."""

    window: Window
    paint: Callable[[float, float], str]


FULL = Window(0, 0, 1, 1)
POLAROID = Window(0.1, 0.08, 0.9, 0.8)
PHONE = Window(0.12, 0.07, 0.88, 0.93)
ID_PHOTO = Window(0.14, 0.12, 0.86, 0.8)
CAR = Window(0.1, 0.14, 0.9, 0.74)
CREAM, INK, RED, GOLD = "#FFF6EA", "#241522", "#E2553F", "#FFE7AE"


def _rect(x: float, y: float, w: float, h: float, fill: str, radius: float = 0, opacity: float = 1) -> str:
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{radius}" fill="{fill}" opacity="{opacity}"/>'


def _circle(x: float, y: float, r: float, fill: str, opacity: float = 1) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" opacity="{opacity}"/>'


def _path(d: str, fill: str, opacity: float = 1) -> str:
    return f'<path d="{d}" fill="{fill}" fill-rule="evenodd" opacity="{opacity}"/>'


def _stroke(d: str, colour: str, width: float) -> str:
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'


def _outline(window: Window, out: float, colour: str, width: float, radius: float = 0) -> str:
    """The rim of a window in pixels, `out` pixels outside it."""
    x, y = window.left - out, window.top - out
    return _stroke(_rounded(Window(x, y, window.right + out, window.bottom + out), radius), colour, width)


def _rounded(window: Window, r: float) -> str:
    """The path of a window in pixels, its corners rounded."""
    x, y, x2, y2 = window
    top = f"M{x + r} {y}H{x2 - r}A{r} {r} 0 0 1 {x2} {y + r}V{y2 - r}"
    return f"{top}A{r} {r} 0 0 1 {x2 - r} {y2}H{x + r}A{r} {r} 0 0 1 {x} {y2 - r}V{y + r}A{r} {r} 0 0 1 {x + r} {y}Z"


def _around(w: float, h: float, hole: str, *stops: str) -> str:
    """Everything but a hole, in a gradient whose stops have the classes c1, c2, c3."""
    parts = "".join(
        f'<stop offset="{i / (len(stops) - 1)}" class="c{i + 1}" stop-color="{stop}"/>' for i, stop in enumerate(stops)
    )
    gradient = f'<linearGradient id="body" x1="0" y1="0" x2="1" y2="1">{parts}</linearGradient>'
    return gradient + _path(f"M0 0H{w}V{h}H0Z{hole}", "url(#body)")


def _polaroid(w: float, h: float) -> str:
    x, y, x2, y2 = window = POLAROID.pixels(w, h)
    shade = _path(f"M{x} {y}H{x2}V{y + 10}H{x + 10}V{y2}H{x}Z", "#2E1A2B", 0.16)
    return _around(w, h, _rounded(window, 6), "#FFFBF2", "#FFF1DC", "#E9D6C0") + shade


def _phone(w: float, h: float) -> str:
    u = min(w, h)
    window = PHONE.pixels(w, h)
    body = _around(w, h, _rounded(window, u * 0.06), "#F0A98C", "#D9788A", "#8E6FB0")
    notch = _rect(w / 2 - u * 0.11, window.top + u * 0.012, u * 0.22, u * 0.045, INK, u * 0.022)
    button = _circle(w / 2, window.bottom - u * 0.1, u * 0.055, CREAM) + _circle(
        w / 2, window.bottom - u * 0.1, u * 0.04, RED
    )
    return body + _outline(window, u * 0.016, INK, u * 0.034, u * 0.075) + notch + button


def _id_photo(w: float, h: float) -> str:
    u = min(w, h)
    body = _around(w, h, _rounded(ID_PHOTO.pixels(w, h), u * 0.02), "#FDF6E8", "#F5E6CC", "#E2CDAF")
    lines = "".join(
        _rect(
            w * 0.14,
            h * (0.845 + 0.045 * row),
            w * (0.5 - 0.14 * row),
            h * 0.018,
            "#2F4A7E",
            h * 0.009,
            0.75 - 0.3 * row,
        )
        for row in range(2)
    )
    seal = _circle(w * 0.76, h * 0.88, u * 0.065, "#C8503F", 0.35) + _circle(
        w * 0.76, h * 0.88, u * 0.035, "#C8503F", 0.7
    )
    return body + lines + seal


def _car(w: float, h: float) -> str:
    u = min(w, h)
    window = CAR.pixels(w, h)
    body = _around(w, h, _rounded(window, u * 0.1), "#F0765C", "#D2463E", "#7E2340")
    shine = _rect(w * 0.06, h * 0.07, w * 0.88, h * 0.015, "#fff", 0, 0.35) + _rect(
        0, h * 0.79, w, h * 0.01, "#2E1A2B", 0, 0.25
    )
    handle = _rect(w * 0.66, h * 0.83, w * 0.2, u * 0.05, "#2E1A2B", u * 0.025, 0.55)
    handle += _rect(w * 0.66, h * 0.825, w * 0.2, u * 0.04, "#F8E3C8", u * 0.02)
    return body + shine + handle + _outline(window, u * 0.012, INK, u * 0.03, u * 0.11)


def _globe(w: float, h: float) -> str:
    """A ball of glass on a wooden foot, on a table before a dark room with lights out of focus."""
    r = min(w * 0.46, h * 0.36)
    cx, cy = w / 2, h * 0.46
    hole = f"M{cx - r} {cy}A{r} {r} 0 1 0 {cx + r} {cy}A{r} {r} 0 1 0 {cx - r} {cy}Z"
    lights = "".join(
        _circle(cx + r * x, cy + r * y, r * size, colour, 0.3)
        for x, y, size, colour in (
            (-0.9, -1.15, 0.11, "#FFD978"),
            (-0.35, -1.3, 0.07, "#F28A7A"),
            (0.3, -1.22, 0.09, "#9CE0C8"),
            (0.86, -1.08, 0.13, "#FFD978"),
            (1.25, -0.5, 0.1, "#F28A7A"),
            (-1.3, -0.4, 0.1, "#9CE0C8"),
            (1.5, 0.2, 0.14, "#FFD978"),
            (-1.6, 0.25, 0.14, "#FFD978"),
        )
    )
    foot, top = cy + r * 1.34, cy + r * 0.76
    table = _rect(0, foot - r * 0.14, w, h, "#7A4630") + _rect(0, foot - r * 0.14, w, r * 0.035, "#C98A5E")
    shadow = f'<ellipse cx="{cx}" cy="{foot}" rx="{r * 1.2}" ry="{r * 0.13}" fill="#2A1210" opacity="0.45"/>'
    base = (
        f"M{cx - r * 0.72} {top}H{cx + r * 0.72}L{cx + r * 0.94} {foot}Q{cx} {foot + r * 0.12} {cx - r * 0.94} {foot}Z"
    )
    collar = f"M{cx - r * 0.74} {top}Q{cx} {top + r * 0.24} {cx + r * 0.74} {top}V{top + r * 0.09}"
    collar += f"Q{cx} {top + r * 0.33} {cx - r * 0.74} {top + r * 0.09}Z"
    plaque = _rect(cx - r * 0.26, cy + r * 1.06, r * 0.52, r * 0.17, "#F3C356", r * 0.04)
    plaque += _rect(cx - r * 0.21, cy + r * 1.13, r * 0.42, r * 0.03, "#8A4A22", r * 0.015)
    glass = (
        '<radialGradient id="glass"><stop offset=".72" stop-color="#fff" stop-opacity="0"/>'
        '<stop offset=".9" stop-color="#BFE4FF" stop-opacity=".38"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity=".9"/></radialGradient>'
        '<linearGradient id="wood" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#C0564A"/>'
        '<stop offset=".55" stop-color="#9A343A"/><stop offset="1" stop-color="#581A30"/></linearGradient>'
    )
    gleam = f"M{cx - r * 0.84} {cy - r * 0.02}Q{cx - r * 0.8} {cy - r * 0.66} {cx - r * 0.2} {cy - r * 0.86}"
    gleam += f"Q{cx - r * 0.62} {cy - r * 0.56} {cx - r * 0.84} {cy - r * 0.02}Z"
    spark = f"M{cx + r * 0.8} {cy + r * 0.2}Q{cx + r * 0.76} {cy + r * 0.5} {cx + r * 0.5} {cy + r * 0.68}"
    spark += f"Q{cx + r * 0.68} {cy + r * 0.44} {cx + r * 0.8} {cy + r * 0.2}Z"
    drift = f"M{cx - r} {cy + r * 0.6}Q{cx - r * 0.5} {cy + r * 0.48} {cx - r * 0.1} {cy + r * 0.6}"
    drift += f"T{cx + r} {cy + r * 0.56}V{cy + r}H{cx - r}Z"
    snow = f'<clipPath id="in"><path d="{hole}"/></clipPath><g clip-path="url(#in)">{_path(drift, "#F4F8FF")}</g>'
    room = _around(w, h, hole, "#2B2350", "#4A2E5E", "#6A3A56")
    outside = f'<clipPath id="out"><path d="M0 0H{w}V{h}H0Z{hole}" clip-rule="evenodd"/></clipPath>'
    around = f'{outside}<g clip-path="url(#out)">{lights}{table}{shadow}</g>'
    ball = _circle(cx, cy, r, "url(#glass)") + _outline(
        Window(cx - r, cy - r, cx + r, cy + r), 0, "#EAF6FF", r * 0.02, r
    )
    return (
        glass
        + snow
        + room
        + around
        + ball
        + _path(gleam, "#fff", 0.6)
        + _path(spark, "#fff", 0.4)
        + (_path(base, "url(#wood)") + _path(collar, "#F3C356") + plaque)
    )


def _broadcast(w: float, h: float) -> str:
    u = min(w, h)
    gradient = (
        '<linearGradient id="bar"><stop class="c1" offset="0" stop-color="#274C8C"/>'
        '<stop class="c2" offset=".5" stop-color="#35609E"/>'
        '<stop class="c3" offset="1" stop-color="#7A3A78"/></linearGradient>'
    )
    bar = _path(f"M{w * 0.08} {h * 0.86}H{w * 0.92}L{w * 0.89} {h * 0.93}H{w * 0.08}Z", "url(#bar)")
    strip = _path(f"M{w * 0.08} {h * 0.935}H{w * 0.7}L{w * 0.685} {h * 0.957}H{w * 0.08}Z", CREAM)
    lamp = _rect(u * 0.05, u * 0.055, u * 0.2, u * 0.085, "#D8382F", u * 0.018) + _circle(
        u * 0.15, u * 0.097, u * 0.02, CREAM
    )
    return gradient + bar + strip + lamp


def _viewfinder(w: float, h: float) -> str:
    u = min(w, h)
    margin, arm, width = u * 0.06, u * 0.12, u * 0.009
    corners = (
        (margin, margin, 1, 1),
        (w - margin, margin, -1, 1),
        (margin, h - margin, 1, -1),
        (w - margin, h - margin, -1, -1),
    )
    brackets = "".join(_stroke(f"M{x} {y + dy * arm}V{y}H{x + dx * arm}", CREAM, width) for x, y, dx, dy in corners)
    return brackets + _circle(w - margin - arm * 1.9, margin + u * 0.025, u * 0.018, RED)


def _bars(w: float, h: float) -> str:
    return _path(f"M0 0H{w}V{h * 0.085}H0ZM0 {h * 0.915}H{w}V{h}H0Z", "#140C16")


def _film(w: float, h: float) -> str:
    u = min(w, h)
    strips = _path(f"M0 0H{u * 0.085}V{h}H0ZM{w - u * 0.085} 0H{w}V{h}H{w - u * 0.085}Z", INK)
    rows = range(int(h / (u * 0.11)))
    holes = [(x, u * (0.03 + 0.11 * row)) for x in (u * 0.02, w - u * 0.065) for row in rows]
    return strips + "".join(_rect(x, y, u * 0.045, u * 0.06, "#F6E4C8", u * 0.012) for x, y in holes)


def _heart(w: float, h: float) -> str:
    x, y, r = w / 2, h * 0.47, min(w * 0.5, h * 0.42)
    hole = (
        f"M{x} {y - r * 0.62}C{x + r * 0.35} {y - r * 1.2} {x + r * 1.12} {y - r} {x + r * 0.97} {y - r * 0.2}"
        f"C{x + r * 0.85} {y + r * 0.4} {x + r * 0.3} {y + r * 0.75} {x} {y + r * 1.08}"
        f"C{x - r * 0.3} {y + r * 0.75} {x - r * 0.85} {y + r * 0.4} {x - r * 0.97} {y - r * 0.2}"
        f"C{x - r * 1.12} {y - r} {x - r * 0.35} {y - r * 1.2} {x} {y - r * 0.62}Z"
    )
    return _around(w, h, hole, "#F7A8B4", "#D8506E", "#8A1F4A") + _stroke(hole, CREAM, r * 0.035)


FRAMES: dict[str, Design] = {
    "polaroid": Design(POLAROID, _polaroid),
    "phone": Design(PHONE, _phone),
    "id_photo": Design(ID_PHOTO, _id_photo),
    "car": Design(CAR, _car),
    "globe": Design(FULL, _globe),
    "broadcast": Design(FULL, _broadcast),
    "viewfinder": Design(FULL, _viewfinder),
    "bars": Design(FULL, _bars),
    "film": Design(FULL, _film),
    "heart": Design(FULL, _heart),
}
