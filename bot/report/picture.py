"""The confusions as a picture: a square per pair of annotated and understood intent, drawn as SVG."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from bot.report.figures import Outcome

_CELL, _LEFT, _TOP, _FONT = 21, 150, 150, 11
_RIGHT_COLOUR, _WRONG_COLOUR = (31, 95, 168), (190, 50, 35)


def confusion_picture(outcomes: Sequence[Outcome]) -> str:
    """Rows are annotated intents, columns understood ones. Blue is right, red is wrong, and the darker the larger the
    share of the row; squares with wrong answers say how many."""
    names = sorted({o.expected_intent for o in outcomes} | {o.intent for o in outcomes})
    counts = Counter((o.expected_intent, o.intent) for o in outcomes)
    totals = Counter(o.expected_intent for o in outcomes)
    width, height = _LEFT + _CELL * len(names) + 10, _TOP + _CELL * len(names) + 10
    squares = (
        _square(names.index(row), names.index(column), count, count / totals[row], f"{row} → {column}：{count}")
        for (row, column), count in sorted(counts.items())
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-size="{_FONT}" '
        f'font-family="sans-serif" xmlns="http://www.w3.org/2000/svg"><title>混淆矩阵：行是标注，列是理解</title>'
        f"{''.join(_labels(names))}{''.join(squares)}</svg>"
    )


def _labels(names: Sequence[str]) -> Iterator[str]:
    end = _CELL * len(names)
    for index, name in enumerate(names):
        middle = index * _CELL + _CELL / 2
        yield f'<text x="{_LEFT - 6}" y="{_TOP + middle + 4}" text-anchor="end">{escape(name)}</text>'
        x, y = _LEFT + middle + 4, _TOP - 6
        yield f'<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})">{escape(name)}</text>'
        yield (
            f'<path d="M{_LEFT} {_TOP + index * _CELL}h{end}M{_LEFT + index * _CELL} {_TOP}v{end}" stroke="#e6ebf0" '
            'stroke-width="1"/>'
        )
    yield f'<rect x="{_LEFT}" y="{_TOP}" width="{end}" height="{end}" fill="none" stroke="#aab4bf"/>'


def _square(row: int, column: int, count: int, share: float, words: str) -> str:
    x, y = _LEFT + column * _CELL, _TOP + row * _CELL
    right = row == column
    depth = share if right else min(1.0, 0.12 + share * 4)
    colour = _mixed(_RIGHT_COLOUR if right else _WRONG_COLOUR, depth)
    ink = "#fff" if depth > 0.55 else "#1d2733"
    number = "" if right else (
        f'<text x="{x + _CELL / 2}" y="{y + _CELL / 2 + 4}" text-anchor="middle" fill="{ink}">{count}</text>')
    return f'<g><title>{escape(words)}</title><rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}"/>{number}</g>'


def _mixed(colour: tuple[int, int, int], depth: float) -> str:
    """The colour on white, from white at 0 to full at 1."""
    return "#" + "".join(f"{round(255 - (255 - part) * depth):02x}" for part in colour)
