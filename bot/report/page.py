"""The report as one page of HTML that needs nothing else."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bot.report.figures import (
    Outcome,
    Run,
    Summary,
    all_outcomes,
    by_entity,
    by_intent,
    confidences,
    confusions,
    summary,
)
from bot.report.picture import confusion_picture

_MOST_CONFUSIONS, _MOST_FAILURES = 36, 400
_LOW = 0.9


@dataclass(frozen=True)
class Measurement:
    """Runs under the name they have in the report; `failures` tells whether to show the sentences that fail."""

    name: str
    runs: list[Run]
    failures: bool


def decimal(value: float, digits: int = 3) -> str:
    """A number with that many digits; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


#: The figures of a summary: in English for the terminal, in Chinese for the page, and how to show them.
MEASURES: tuple[tuple[str, str, Callable[[Summary], str]], ...] = (
    ("sentences", "句数", lambda s: str(s.sentences)),
    ("intent accuracy", "意图准确率", lambda s: decimal(s.intents)),
    ("mean over intents", "各意图召回率的平均", lambda s: decimal(s.intents_mean)),
    ("FAQ topic accuracy", "常见问题主题准确率", lambda s: decimal(s.topics)),
    ("entity F1, strict", "实体 F1（严格）", lambda s: decimal(s.entities)),
    ("every entity right", "实体全对的句子", lambda s: decimal(s.all_entities_right)),
    ("accepted by the fallback", "没有被回退拒绝的句子", lambda s: decimal(s.accepted)),
    ("accuracy of the accepted", "未拒绝句子的准确率", lambda s: decimal(s.accepted_right)),
    ("in scope, but refused", "业务内却被拒绝", lambda s: decimal(s.in_scope_refused)),
    ("parse time p50, ms", "解析耗时 p50（毫秒）", lambda s: decimal(s.p50, 1)),
    ("parse time p99, ms", "解析耗时 p99（毫秒）", lambda s: decimal(s.p99, 1)),
    ("training time, s", "训练耗时（秒）", lambda s: decimal(s.training_seconds, 0)),
    ("model size, MB", "模型大小（MB）", lambda s: decimal(s.model_megabytes, 1)),
)

_STYLE = """
body { font: 15px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1d2733;
  margin: 0 auto; max-width: 1260px; padding: 24px 32px 80px; }
h1 { font-size: 26px; margin: 8px 0 4px; } h2 { font-size: 20px; margin: 44px 0 8px; border-bottom: 2px solid #d9e0e8; }
h3 { font-size: 16px; margin: 24px 0 6px; } p.note { color: #5a6775; margin: 4px 0 12px; }
table { border-collapse: collapse; margin: 6px 0 12px; } th, td { padding: 3px 9px; border-bottom: 1px solid #e6ebf0; }
th { text-align: left; background: #f4f6f9; } th.number, td.number, td.low { text-align: right;
  font-variant-numeric: tabular-nums; } details { margin: 8px 0; } summary { cursor: pointer; color: #1f5fa8; }
.columns { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: flex-start; } .low { color: #b3261e; }
svg { max-width: 100%; height: auto; } td.text { max-width: 520px; }
"""


def page(measurements: Sequence[Measurement]) -> str:
    """The whole report."""
    sections = [_overview(measurements), *(_section(measurement) for measurement in measurements)]
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>语言理解报告</title>'
        f"<style>{_STYLE}</style></head><body><h1>语言理解报告</h1>"
        '<p class="note">意图按回退之前得分最高者计；实体要求类型、开头和结尾都一致。交叉验证的每一折都重新训练；'
        "留出集由没有看过训练数据的人写成，与训练数据相同的句子不计。</p>"
        f"{''.join(sections)}</body></html>\n"
    )


def _overview(measurements: Sequence[Measurement]) -> str:
    sums = [summary(measurement.runs) for measurement in measurements]
    rows = [[label, *(show(each) for each in sums)] for _, label, show in MEASURES]
    return "<h2>总览</h2>" + _table(["指标", *(measurement.name for measurement in measurements)], rows)


def _section(measurement: Measurement) -> str:
    outcomes = all_outcomes(measurement.runs)
    parts = [
        f"<h2>{escape(measurement.name)}</h2>",
        '<div class="columns">',
        f"<div><h3>意图</h3>{_intents(outcomes)}</div>",
        f"<div><h3>实体（严格）</h3>{_entities(outcomes)}<h3>置信度</h3>{_confidences(outcomes)}</div>",
        f"<div><h3>最常见的混淆</h3>{_confusions(outcomes)}</div>",
        "</div>",
        '<h3>混淆矩阵</h3><p class="note">行是标注，列是理解；蓝色判对，红色判错，颜色越深占这一行的比例越大，数字是次数。</p>',
        confusion_picture(outcomes),
    ]
    return "".join(parts) + (_failures(outcomes) if measurement.failures else _hidden())


def _hidden() -> str:
    return '<p class="note">没有列出出错的句子；加上 --show-failures 会列出。</p>'


def _intents(outcomes: Sequence[Outcome]) -> str:
    rows = [[intent, str(s.count), _mark(s.precision), _mark(s.recall)] for intent, s in by_intent(outcomes).items()]
    return _table(["意图", "句数", "精确率", "召回率"], rows)


def _entities(outcomes: Sequence[Outcome]) -> str:
    rows = [
        [kind, str(s.count), _mark(s.precision), _mark(s.recall), _mark(s.f1)]
        for kind, s in by_entity(outcomes).items()
    ]
    return _table(["实体", "处数", "精确率", "召回率", "F1"], rows)


def _confidences(outcomes: Sequence[Outcome]) -> str:
    rows = [[f"{low:.1f}–{high:.1f}", str(n), decimal(right, 2)] for low, high, n, right in confidences(outcomes)]
    return _table(["置信度", "句数", "判对的比例"], rows)


def _confusions(outcomes: Sequence[Outcome]) -> str:
    rows = [[one, other, str(count)] for one, other, count in confusions(outcomes)[:_MOST_CONFUSIONS]]
    return _table(["标注", "理解为", "次数"], rows) if rows else "<p>没有。</p>"


def _failures(outcomes: Sequence[Outcome]) -> str:
    wrong = sorted((o for o in outcomes if not o.right), key=lambda o: -o.confidence)
    missed = sorted(
        (o for o in outcomes if o.entities != o.expected_entities),
        key=lambda o: -len(o.entities ^ o.expected_entities),
    )
    return _details("意图判错的句子（最有把握的在前）", ["句子", "标注", "理解为", "置信度"], len(wrong), (
        [o.text, o.expected_intent, o.intent, decimal(o.confidence, 2)] for o in wrong[:_MOST_FAILURES]
    )) + _details("实体有错的句子（错得最多的在前）", ["句子", "漏掉", "多出"], len(missed), (
        [o.text, o.show(o.expected_entities - o.entities), o.show(o.entities - o.expected_entities)]
        for o in missed[:_MOST_FAILURES]
    ))


def _details(title: str, heads: Sequence[str], count: int, rows: Iterable[Sequence[str]]) -> str:
    shown = f"，列出前 {_MOST_FAILURES} 句" if count > _MOST_FAILURES else ""
    return f"<details><summary>{escape(title)}：{count} 句{shown}</summary>{_table(heads, list(rows))}</details>"


class _Low(str):
    """A figure to be shown in red."""


def _mark(value: float) -> str:
    return _Low(decimal(value)) if value < _LOW else decimal(value)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    kinds = [_kind(value) for value in rows[0]] if rows else ["text"] * len(heads)
    head = "".join(f'<th class="{_head(kind)}">{escape(name)}</th>' for name, kind in zip(heads, kinds, strict=True))
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _head(kind: str) -> str:
    return "text" if kind == "text" else "number"


def _cell(value: str) -> str:
    return f'<td class="{_kind(value)}">{escape(value)}</td>'


def _kind(value: str) -> str:
    if isinstance(value, _Low):
        return "low"
    return "number" if value == "–" or value.replace(".", "", 1).isdigit() else "text"
