"""回到机器人: whether a customer who talks to a person wants the assistant back.

Only a message that says nothing else counts: 扫地机器人 is an appliance, and 怎么又是机器人 is no wish. Words count by their
sound, because voice input writes 回到基器人.
"""

import re
from itertools import product

from ..folding import fold
from ..sounds import sound

_BACK = (
    "回到", "回", "转回", "转回到", "转到", "转给", "转", "转接", "切回", "切回到", "切换到", "切换回", "切到", "换回", "换回到", "换成",
    "返回", "返回到", "回去找", "找回", "找", "叫", "叫回", "接回", "交回", "交给", "交还", "交还给", "用", "用回", "恢复",
)
_ASSISTANT = (
    "机器人", "机器人客服", "机器客服", "机器人助手", "智能客服", "智能助手", "报修助手", "小助手", "助手", "ai", "ai客服", "ai助手",
)
_ENDING = (
    "退出", "结束", "取消", "关闭", "关掉", "停止", "不用", "不要", "不需要", "不找", "不转", "不用转", "不要转", "不用找", "别转",
)
_PERSON = ("人工", "人工客服", "人工服务", "转人工", "真人", "真人客服")
_COMING = (
    "机器人回来", "让机器人来", "让机器人回来", "叫机器人来", "叫机器人回来", "跟机器人聊", "和机器人聊", "跟机器人说", "和机器人说",
)
_WISHES = {sound("".join(words)) for words in (*product(_BACK, _ASSISTANT), *product(_ENDING, _PERSON))}
_WISHES |= {sound(words) for words in _COMING}

_BORDER = re.compile(r"[\s，,。.！!？?~～、“”\"'「」…]+")
_BEFORE = re.compile(
    r"^(好的?|行|可以|没事了?|那就?|算了|谢谢(您|你)?|不聊了|不说了|请|麻烦(您|你)?|帮我|给我|把我|我想?要?|想|要|还是|现在|先|就|嗯|哦|直接"
    r"|重新)+")
_AFTER = re.compile(r"(吧|了|啊|呀|呢|哈|哦|嘛|谢谢(您|你)?|就行|就好|就可以|那里|那边|这边|聊天?|接待|处理|服务)+$")


def wants_assistant(text: str) -> bool:
    """Whether the words ask for the assistant instead of a person, and for nothing else."""
    clauses = [clause for clause in _BORDER.split(fold(text).lower()) if clause]
    said = [clause for clause in clauses if _BEFORE.sub("", clause)]
    return _is_wish("".join(clauses)) or (bool(said) and all(_is_wish(clause) for clause in said))


def _is_wish(words: str) -> bool:
    bare = _BEFORE.sub("", words)
    return any(sound(form) in _WISHES for form in (words, bare, _AFTER.sub("", bare), _AFTER.sub("", words)))
