"""What is said instead of an answer by somebody who is fed up, in a hurry, needs a moment, or is back again."""

import re

from .assent import URGING
from .turns import Draft, Turn
from .words import ASIDES, CORRECTION, QUESTION, STOP, SURE, WAIT

#: Abuse, and weariness of the questions. What a machine does is not among it: 滚筒, 报警响个没完.
FED_UP = re.compile(
    r"饭桶|废物|蠢货|蠢猪|白痴|弱智|智障|傻[逼叉屄子]|脑残|神经病|有病(吧|啊|$)|混蛋|王八|他妈|妈的|tmd|(?<![a-z])tm(?![a-z])|特么|尼玛|操你"
    r"|^滚[吧啊开蛋！!。]*$|烦死|烦不烦|真烦|好烦|烦人|气死|气人|问东问西|问来问去|问个没完|有完没完|啰嗦|罗嗦|磨叽|墨迹|磨磨蹭蹭|什么态度|骗子"
    r"|受够|垃圾(公司|客服|平台|服务|玩意)|什么(垃圾|玩意|东西)[^，,。]{0,4}$|去死|闭嘴", re.I)
#: Impatience with the questions.
_HURRYING = re.compile(
    r"[快赶](点|些|紧).{0,2}(行不行|行吗|好不好|好吗|可以吗)|急死|急得|等不及|问(这么|那么|这样)多|这么多(问题|废话)|问完(没|了)|别再?(问|废话)"
    r"|还(有|要问)(多少|几个)|还有完没完|怎么还没(完|好)|还没(问)?完")
_OF_AN_ORDER = re.compile(r"催|单|进度|没.{0,3}[来到]")
#: Wishes that are no mood, however they are put.
_WISHES = tuple(sorted({*ASIDES} - {"urge_order", "greet", "goodbye", "thank", "out_of_scope", "stop", "request_service"}))
_BEFORE = r"(好的?|行|嗯+|哦|噢|那|哎|啊|[你您]们?|麻烦|请|先|再|别急|[，,。 ])*"
_WAITING = re.compile(
    rf"^{_BEFORE}(等(我|等|着)*(一?下(?![午周个次星礼班月])|一?会儿?|[几一两]分钟|等|着|(?=[去先看找问想拿查拍翻]))|稍[等候]|慢着|且慢"
    r"|一会儿?(?=再?(告诉|回|发|给))|马上(?=[啊哈来]*([，, ]|$|我)))")
_LOOKING = re.compile(
    rf"^{_BEFORE}(让|容)?[我俺咱](先|去|再|这就|马上|正|在|现在|回家|下楼|上楼|赶紧)*"
    r"([看找查问拍翻拿瞅瞧量接开抄](一?[下眼个会]儿?|[看找查问翻瞅瞧拍]|电话|门|我?(老公|老婆|爱人|妈|爸|家人|儿子|女儿|邻居|物业))+"
    r"|想(一?想|一?下(?![午周个次星礼月])))[^？?]{0,12}$")
_BACK = re.compile(
    r"^(?=.*(回来了|忙完|弄完|接完|久等|(接着|继续)[问说讲]|[问说讲]吧|到哪))([好行嗯哦哈啊]|可以|ok|[了啦，,。！! ])*"
    r"(我?(回来|忙完|弄完|接完|来)[了啦]|不好意思|让[你您]|久等[了啦]?|[啊哈，, ])*"
    r"([那你您就请]|可以)*((接着|继续)[问说讲]|[问说讲](?=吧)|刚才?[问说讲]?到哪里?儿?)?[了吧啊呀哈。！! ]*$", re.I)
_LONGEST = 30  # characters of a message by which somebody asks for a moment


def mood_of(turn: Turn, draft: Draft) -> str | None:
    """`anger` or `hurry` where a message is nothing but that; None where it wants something. An open order may be urged."""
    wish = turn.intent in _WISHES or turn.intent.startswith("faq_")
    if (wish and turn.confidence >= SURE) or turn.intent == "describe_fault" or turn.words("symptom"):
        return None
    if FED_UP.search(turn.text):
        return "anger"
    if turn.intent == "urge_order" and turn.confidence >= SURE:
        return None if draft.get("open_orders") or _OF_AN_ORDER.search(turn.text) else "hurry"
    return "hurry" if is_hurrying(turn.text) else None


def is_hurrying(text: str) -> bool:
    """Whether the words press for an end of the questions: 快点行不行."""
    return bool(URGING.match(text.strip()) or _HURRYING.search(text))


def is_waiting(turn: Turn) -> bool:
    """Whether the customer needs a moment: 等一下, 我去看看, 等一下哈孩子哭了."""
    text = turn.text.strip()
    if WAIT.match(text):
        return True
    if len(text) > _LONGEST or not (_WAITING.match(text) or _LOOKING.match(text)):
        return False
    wish = turn.intent in _WISHES or turn.intent in ("describe_fault", "change_contact") or turn.intent.startswith("faq_")
    if (wish and turn.confidence >= SURE) or turn.questions or turn.words("symptom"):
        return False
    stops = turn.intent in ("stop", "cancel_order") and STOP.search(text)
    return not (stops or QUESTION.search(text) or CORRECTION.search(text))


def is_back(turn: Turn) -> bool:
    """Whether somebody who needed a moment is ready for the question: 好了你接着问."""
    return bool(_BACK.match(turn.text.strip()))
