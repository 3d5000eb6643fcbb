"""Template messages: the strict checks of the typed fields, and the words of the card."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.contents import Content, notice
from simulator.errors import ApiError

DATE = r"\d{4}年\d{1,2}月\d{1,2}日"
MOMENT = rf"(?:{DATE}\s?)?\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
PATTERNS = {
    "thing": r".{1,20}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "number": r"\d{1,32}(?:\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"\W{1,5}",
    "time": rf"{MOMENT}(?:\s?~\s?{MOMENT})?",
    "date": rf"{DATE}(?:\s?\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?:\s?~\s?{DATE}(?:\s?\d{{1,2}}:\d{{2}})?)?",
    "amount": r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?",
    "phone_number": r"[\d+\- ()]{1,17}",
    "car_number": r".{1,8}",
    "name": r"[一-鿿·]{1,10}|[A-Za-z .·*]{1,20}",
    "phrase": r"[一-鿿]{1,5}",
    "const": r".{1,20}",
    "enum": r".{1,20}",
}
LABELS = {
    "thing": "事项", "character_string": "编号", "number": "数量", "letter": "代码", "symbol": "符号",
    "time": "时间", "date": "日期", "amount": "金额", "phone_number": "电话", "car_number": "车牌",
    "name": "姓名", "phrase": "状态", "const": "类型", "enum": "类型",
}  # fmt: skip
KEY = re.compile(r"(?P<kind>[a-z_]+?)\d+")
NOT_SHOWN = {"first", "remark"}
"""Fields that clients stopped showing in 2023."""


@dataclass(frozen=True)
class Template:
    """What is printed on a card: its title, and a label for each field key."""

    title: str = "服务通知"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Library:
    """The account's templates. Any id may be used, unless only registered ones may; those have their own words."""

    known: dict[str, Template] = field(default_factory=dict)

    def register(self, template_id: str, title: str, labels: Mapping[str, str]) -> None:
        """Give a template id its title and labels."""
        self.known[template_id] = Template(title, dict(labels))

    def remove(self, template_id: str) -> None:
        """Forget a template. Raises ApiError 40037."""
        if self.known.pop(template_id, None) is None:
            raise ApiError(40037)

    def render(self, body: Mapping[str, Any], *, strict: bool = True, only_known: bool = False) -> Content:
        """The card of a send call; without `strict` every text is accepted in every field.

        Raises ApiError 40037 (no such template) or 47003 naming the first bad field.
        """
        template_id, data = body.get("template_id"), body.get("data")
        if not isinstance(template_id, str) or not template_id.strip():
            raise ApiError(40037)
        if only_known and template_id not in self.known:
            raise ApiError(40037)
        if not isinstance(data, Mapping) or not data:
            raise ApiError(47003, "data is empty")
        values = {key: checked(key, item, strict=strict) for key, item in data.items()}
        template = self.known.get(template_id, Template())
        rows = [(label_of(key, template), value) for key, value in values.items() if key not in NOT_SHOWN]
        return notice(template.title, rows, str(body.get("url") or ""))


def checked(key: str, item: object, *, strict: bool) -> str:
    """The field's value; raises ApiError 47003 when it is empty or, if `strict`, breaks the rule of its kind."""
    value = item.get("value") if isinstance(item, Mapping) else None
    if not strict:
        return "" if value is None else str(value)
    if not isinstance(value, str | int | float) or not str(value).strip():
        raise ApiError(47003, f"data.{key}.value is empty")
    text = str(value)
    pattern = PATTERNS.get(kind_of(key))
    if "\n" in text or (pattern and not re.fullmatch(pattern, text)):
        raise ApiError(47003, f"data.{key}.value invalid")
    return text


def label_of(key: str, template: Template) -> str:
    """The printed label of a field."""
    return template.labels.get(key) or LABELS.get(kind_of(key), key)


def kind_of(key: str) -> str:
    """`thing` of thing12; empty for keys of the old free-form templates."""
    match = KEY.fullmatch(key)
    return match["kind"] if match else ""
