"""Slips of the keyboard and of voice input in words of time, mended one for one."""
import re

_BEHIND_A_DAY = "(?<=[天日儿早晚一二三四五六末号])"
_SLIPS: tuple[tuple[str, str], ...] = (
    (r"[名民鸣][天日]|明[夭添田]", "明天"),
    (r"(?<!时)[候厚逅]天(?!气)|后[夭添]", "后天"),
    (r"(?<!\w)金[天夭](?=[上下早晚中])|今夭", "今天"),
    (rf"{_BEHIND_A_DAY}下[舞无武伍物屋五](?![点个楼层栋位人网行法])", "下午"),
    (rf"{_BEHIND_A_DAY}上[舞无武伍物屋五](?![点个楼层栋位人网行法])", "上午"),
    (r"星[其七起启奇](?=[一二三四五六日天留山])", "星期"),
    (r"(?<=星期|礼拜)[留流刘溜](?!程)", "六"),
    (r"(?<=星期|礼拜|下周|这周|本周)[山叁](?![东西区水])", "三"),
    (r"(?<=星期|礼拜|下周|这周|本周)[吴舞](?![江中兴])", "五"),
    (r"(?<=[一二两三四五六七八九十\d])典(?![型范故])", "点"),
    (r"(?<=点)中(?![午间旬途心央])", "钟"),
    (r"(?<=[午上早晚])(\d{1,2})[.;](?=[0-5]\d(?![\d元块匹度]))", r"\1:"),
    (r"俩(?=个?(?:小时|钟头|天|点)|礼拜|星期)", "两"),
    (r"仨(?=个?(?:小时|钟头|天|点)|礼拜|星期)", "三"),
)
_MENDED = tuple((re.compile(slip), right) for slip, right in _SLIPS)


def mended(text: str) -> str:
    """The text with its slips mended, as long as it was."""
    for slip, right in _MENDED:
        text = slip.sub(right, text)
    return text
