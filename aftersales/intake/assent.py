"""How a yes is said, with the thanks, politeness and impatience that go with it: 对的对的谢谢你啊小姑娘."""

import re

from .turns import Turn

_FILLER = r"[哎诶欸哦噢喔啊唉那呃，, ]*"
_PARTICLES = r"[了啊呀吧的滴哈哦呢啦嘞咧喽咯哟噢呐嘅喔啵吖]*"
_STOPS = r"[，,。.！!~～、…\s]*"
_WORD = (
    r"(?:这[下回次样]|现在)[就都]?(?:对|没问题|可以|正确|没错)|好|行(?!不)|可以(?!不)|对头|对(?!了.|不|[象方面])|是(?!不)|嗯|恩|没错|没有?(?:问题|毛病|意见)|没得问题|[冇木]问题|冇错|"
    r"确认(?:提交|无误)?|确定|提交|无误|正确|都对|同意|中|要得嘛?|得行|成|妥|啱|[係系](?=[啊呀的嘅，, ]|$)|"
    r"ok(?:ay|k*)(?![a-z])|yes(?![a-z])|yeah|1(?!\d)(?<!\d1)"
)
_THANKS = (
    r"[那就真是太可先非常十分要让]*(?:谢+|感谢|多谢|辛苦|麻烦|劳烦|费心|拜托|有劳|唔该|thanks?(?: you)?|thank you|thx|please)"
    r"(?:[你您]们?|师傅们?|客服|大家|一下|[晒嗮曬])*"
)
_CALLED = r"小?(?:姑娘|妹子?妹?|伙子|哥哥?|姐姐?|同志|老师|美女|帅哥|朋友|亲|客服|师傅|丫头)|\[[\u4e00-\u9fffA-Za-z]{1,6}\]|[🙏👌👍🌹😊]"
_URGED = (
    r"(?:[那就请都能我咱]|[你您]们?|麻烦|给我|帮我)*(?:赶紧|赶快|快[点些]儿?|尽快|尽早|抓紧|早[点些]|马上|麻溜|速度)(?:时间)?"
    r"(?:来人|派人|派师傅|派单|安排|上门|提交|下单|[办弄搞修派来]|处理|过来|登记|一?[点下些]|就[行好成])*"
)
_SETTLED = r"[那就都]*(?:这样|这么[定办着]|按这个(?:来|办)?|提交|下单|登记|安排|办)|可以|都对|别再?(?:问|啰嗦|磨蹭|墨迹)"
#: A yes and nothing else. What has been read as a piece is not read otherwise again, so that no message takes long.
YES = re.compile(
    rf"^{_FILLER}(?={_WORD})(?:(?:{_WORD}|{_THANKS}|{_CALLED}|{_URGED}|{_SETTLED}){_PARTICLES}{_STOPS})++$", re.I)
#: Impatience and nothing else: no time is meant by it. 尽快 alone may be one.
URGING = re.compile(rf"^(?!.*尽[快早]){_FILLER}(?:{_URGED}{_PARTICLES}{_STOPS})++$")
#: Words that press, so that what is left of a message can be looked at without them.
PRESSING = re.compile(r"赶紧|赶快|快[点些]|尽快|尽早|抓紧|早[点些]|马上|立刻|立即|越快越好")
#: Of these words those that only say how bad it is when a fault is told, so that the time is asked: 赶紧来人.
IMPATIENCE = re.compile(r"赶紧|赶快|快[点些]|抓紧|马上|立刻|立即|(?<![天明后晨晚号日一二三四五六])早[点些]")
_BEGINS_WITH_YES = re.compile(rf"^{_FILLER}(?:(?:{_WORD}){_PARTICLES}{_STOPS})++(?!吗|嘛|么|[?？])", re.I)
#: What is said along with a yes and wants nothing else.
_MANNERLY = ("thank", "goodbye", "urge_order")
_RESERVED = re.compile(r"但|不过|可是|就是|改|换|再[想看等说]|等[一等下会]|先|不|没|错|[?？吗呢么]|如果|万一")


def begins_with_yes(text: str) -> bool:
    """Whether the first words are a yes, whatever follows."""
    return bool(_BEGINS_WITH_YES.match(text.strip()))


def is_mannerly_yes(turn: Turn) -> bool:
    """Whether a message begins with a yes and goes on with nothing but thanks or impatience in other words."""
    text = turn.text.strip()
    rest = _BEGINS_WITH_YES.sub("", text)
    return turn.intent in _MANNERLY and rest != text and not _RESERVED.search(rest)
