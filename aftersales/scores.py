"""What a customer's words give in stars: one overall score and four for attitude, skill, speed and process."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cn2an

_SIMPLIFIED = str.maketrans("態務給評專業術滿顆個費規範時極過", "态务给评专业术满颗个费规范时极过")
DIMENSIONS = ("attitude", "skill", "speed", "process")


@dataclass(frozen=True)
class Scores:
    """1 to 5 stars each; None was not said."""

    overall: int | None = None
    attitude: int | None = None
    skill: int | None = None
    speed: int | None = None
    process: int | None = None


class ScoreOutOfRange(ValueError):  # noqa: N818 - part of the interface
    """A score that is no whole number from 1 to 5: the message is a Chinese sentence for the customer."""

    def __init__(self, words: str) -> None:
        super().__init__(f"评分是1到5分的整数，您给的是“{words}”，请重新打分。")


_DIMENSION_WORDS = {
    "overall": "总体|整体|总的来说|综合|总评|总分|总体评价",
    "attitude": "服务态度|态度|(?<!这次)(?<!本次)(?<!上次)服务(?!结束|完|费|号|时|流程|规范|速度|过程|已|很?快|效率)",
    "skill": "专业(?:水平|程度|能力|技能|性|度)?|技术(?:水平|能力)?|手艺|水平|维修质量|技能",
    "speed": "(?:上门|响应|维修|服务|修理)?(?:速度|效率|时效性?)|及时性?|准时性?|守时",
    "process": "(?:服务|操作|收费|维修)?(?:流程|规范性?|过程)|收费|价格",
    "rest": "其他的?|其它的?|其余的?|别的",
    "all": "全部都?|所有|全都|全给?|(?:各|每|四|五|几)个?项",
}
_DIMENSION = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _DIMENSION_WORDS.items())

# Words for a value, the longer before the shorter they contain. With a dimension before them all count,
# alone only those that can mean nothing else.
_VERY = "(?:非常|很|十分|特别|超级|超|相当|极其|极|太|最|真|贼|巨|无比)的?"
_DONE_WELL = "满意|专业|及时|规范|准时|快|好"
_JUDGEMENTS = (
    (f"(?:比较|较|还算)(?:{_DONE_WELL})", 4),
    (f"{_VERY}(?:不满意?|差|糟糕?|烂|坏|恶劣|慢)|恶劣|好差|差评|最低分|垃圾|差劲|糟透了", 1),
    (f"[不唔][太大够]?(?:{_DONE_WELL})|{_VERY}[高贵低]|不怎么(?:{_DONE_WELL}|样)|不行|(?:有点|有些|比较|较)?[差慢]", 2),
    ("一般般?|还行|还可以|凑合|马马虎虎|中等|过得去|中评|普通", 3),
    (f"{_VERY}(?:{_DONE_WELL}|棒|到位|耐心|热情|厉害)|满分|最高分|满星|好评", 5),
    ("完美|没[得话]说|杠杠的|无可挑剔|一流|点赞", 5),
    ("(?:基本|挺|蛮|还)?(?:满意|不错|专业|及时|规范|准时|好|快)|可以", 4),
)
_JUDGEMENT = "|".join(f"(?P<j{index}>{pattern})" for index, (pattern, _) in enumerate(_JUDGEMENTS))
_CLEAR_ALONE = re.compile(
    rf"(?:{_VERY})?[不唔太怎么大够]*(?:基本|比较|还算?|挺|蛮)?满意|[差好中]评|满分|最高分|最低分|满星")
_NUMBER = r"\d+(?:\.\d+)?|[二三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]"
_POINTS = (
    rf"(?!十分(?![,。!~ 吧了啊满制好]|$))(?<![点\d.百一二两三四五六七八九])(?<!\d:)(?P<number>{_NUMBER})\s*"
    r"(?:颗|个|粒)?(?:星(?!期)|分(?![钟之店公批])|颗)"
    r"(?P<half>半)?(?:好评|满分)?")
_STARS = r"(?P<stars>[⭐★🌟✨](?:\s*[⭐★🌟✨☆])*)"
_PLAIN = (
    r"(?P<plain>(?<![\d.])(?:\d{1,2}(?:\.\d)?|[一二三四五])"
    r"(?![\d.一二三四五六七八九十百点个条次楼号年月天小趟块元]))")
_WANTED = re.compile(f"{_DIMENSION}|{_STARS}|{_JUDGEMENT}|{_POINTS}|{_PLAIN}")
_BETWEEN = re.compile(
    r"(?:方面|这块|上面|上|评分|分数|打分|给你?们?|打|了|是|都|也|就|我|算|个|得|还?能有|的|话|嘛|呢|吧|真的?"
    r"|确实|还是|师傅|只有?|才|和|跟|与|以及|及"
    r"|[:=,、 ])*")
_BARE = re.compile(rf"(?:我|就|给你?们?|打|评|那|选|个|是|[,。 ])*(?P<number>{_NUMBER})[吧了啊哦哈呀,。!~ ]*")
_ALONE = re.compile(
    rf"(?:我|师傅|服务|觉得|感觉|总体|整体|这次|都|[,。 ])*(?P<judgement>{'|'.join(p for p, _ in _JUDGEMENTS)})"
    r"(?:的|吧|了|啊|哦|哈|呀|谢谢|[,。!~ ])*")
_TOO_VAGUE = {"好", "可以", "快", "差", "慢", "不行", "不好", "普通", "点赞"}
_NOT = re.compile(r"(?:不是|不给|不会给|别给|不想给|没给|不能给|不值|[扣少减差低加])了?个?$")


def find_scores(text: str) -> Scores:
    """The scores said in the text, all None when it says none. Raises ScoreOutOfRange for 8分, 4.5星 and the like."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").translate(_SIMPLIFIED).strip()
    if bare := _BARE.fullmatch(plain):
        return _bare(bare["number"])
    scores, numbers = Scores(), False
    for names, value, number in _pairs(plain):
        if names == ["overall"] and numbers and not number:
            continue  # 五星，租客也满意
        scores, numbers = _with(scores, names, value), numbers or number
    if scores == Scores() and (alone := _ALONE.fullmatch(plain)) and alone["judgement"] not in _TOO_VAGUE:
        return Scores(overall=_judged(alone["judgement"]))
    return scores


def _bare(words: str) -> Scores:
    """A number alone is a score up to 10, and 100; 402 and phone numbers are none."""
    value = _number(words)
    return Scores(overall=_stars(value, words)) if value <= 10 or value == 100 else Scores()


def _number(words: str) -> float:
    return float(words) if words[0].isdecimal() else float(cn2an.cn2an(words, "smart"))


def _stars(value: float, words: str) -> int:
    if value not in {1, 2, 3, 4, 5}:
        raise ScoreOutOfRange(words)
    return int(value)


def _pairs(plain: str) -> Iterator[tuple[list[str], int, bool]]:
    """Values with the dimensions before them, and whether they are numbers; without dimension it is the overall one."""
    pending: list[str] = []
    end = 0
    for match in _WANTED.finditer(plain):
        gap = plain[end:match.start()]
        joined = _BETWEEN.fullmatch(gap) is not None
        end = match.end()
        dimension = next((key for key in _DIMENSION_WORDS if match[key]), None)
        if dimension:
            pending = [*pending, dimension] if joined else [dimension]
            continue
        if _NOT.search(gap):  # 速度扣一分，4分
            continue
        names, pending = pending if joined else [], []
        if _counts(match, names):
            yield names or _unnamed(gap, plain[end:]), _value(match), bool(match["number"] or match["stars"])


def _counts(match: re.Match[str], names: list[str]) -> bool:
    """A judgement, and a number without 分, count where they belong to a dimension."""
    return bool(match["number"] or match["stars"] or names or _CLEAR_ALONE.fullmatch(match[0]))


def _unnamed(gap: str, after: str) -> list[str]:
    """都5分 is all of them, 5分的态度 the one after it."""
    if gap.endswith(("都", "都是", "都给", "都打", "全", "全是")):
        return ["all"]
    following = re.match(f"的(?:{_DIMENSION})", after)
    return [following.lastgroup] if following and following.lastgroup else ["overall"]


def _value(match: re.Match[str]) -> int:
    if match["stars"]:
        return _stars(len(re.findall("[⭐★🌟✨]", match["stars"])), match["stars"])
    if number := match["number"] or match["plain"]:
        return _stars(_number(number) + (0.5 if match["half"] else 0), match[0])
    return _judged(match[0])


def _judged(words: str) -> int:
    return next(value for pattern, value in _JUDGEMENTS if re.fullmatch(pattern, words))


def _with(scores: Scores, names: list[str], value: int) -> Scores:
    given = {name: value for name in names if name not in {"rest", "all"}}
    if "all" in names:
        given |= dict.fromkeys(("overall", *DIMENSIONS), value)
    if "rest" in names:
        given |= {name: value for name in DIMENSIONS if getattr(scores, name) is None}
    return replace(scores, **given)
