"""The name of the person to contact, in free text."""

import re
import unicodedata
from pathlib import Path

import yaml

from .catalogue import find_brand
from .divisions import read_region

_KNOWLEDGE: dict[str, str] = yaml.safe_load((Path(__file__).parent / "knowledge" / "names.yml").read_text(encoding="utf-8"))


def _known(topic: str) -> frozenset[str]:
    return frozenset(_KNOWLEDGE[topic].split())


_SURNAMES = _KNOWLEDGE["surnames"].replace(" ", "")
_COMPOUND = "|".join(_KNOWLEDGE["compound_surnames"].split())
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_HAN = r"[\u4e00-\u9fff]"
_TITLE = "(?:先生|女士|小姐|太太|阿姨|大姐|大哥|大爷|大妈|叔叔|老师|经理|老板|总|(?i:sir)|医生|主任|校长|律师|店长)"

# What follows a name without a pause: 我叫李娜电话137…
_AFTER_NAME = r"(?=$|[^\u4e00-\u9fff]|电话|手机|号码|联系|住|在|地址|的|吧|啊|呀|哦|哈|呢|就|和|我|先|女|小姐|家|谢|那)"
_FULL = rf"(?:(?:{_COMPOUND}){_HAN}{{1,2}}?|[{_SURNAMES}]{_HAN}{{1,2}}?)"
_KIN = (
    "(?:[我俺](?:的)?)?(?:爸|妈|父亲|母亲|老公|老婆|丈夫|妻子|爱人|媳妇|儿子|女儿|哥|姐|弟|妹|租客|房客)(?![的妈爸妹弟哥姐])")
_SPELT = {spelt: spelt[-1] for spelt in _KNOWLEDGE["spelt_surnames"].split()}
_OF_PARTS = re.compile(rf"(?:{'|'.join(sorted(_known('name_parts'), key=len, reverse=True))}){{1,3}}")
_DOTTED = re.compile(rf"{_HAN}{{2,6}}[·•・.]{_HAN}{{2,8}}")  # 买买提·艾力
_CUE = (
    f"(?:[我俺他她]叫|名字|姓名|联系人|称呼我?|叫我|叫做|收货人|户主|业主|找|联系|本人|鄙人|我系|{_KIN})"
    "(?:[是为叫改成应: ]|应该是)*")
_CUED = re.compile(
    rf"{_CUE}(?P<name>{_SURNAME}{_HAN}{{0,2}}?{_TITLE}|{_FULL}{_AFTER_NAME}|[小老阿][{_SURNAMES}]{_AFTER_NAME})")
_CORRECTED = re.compile(
    rf"(?:(?:名字|姓名|联系人)[^,。]{{0,6}},? ?(?:是|应为|应该是)|姓[^,。]{{0,6}}[,， ]+(?:改[成为]?|应该是)|,叫)"
    rf"(?P<name>{_SURNAME}(?:先生|女士|小姐|太太)|{_FULL})(?=$|[,。 ])")
#: Said of the name itself, so that one no list has is believed: 联系人改成过静雯, 姓名打错了，应该是阿依努尔·吐尔逊.
_CHANGED = re.compile(
    rf"(?:名字|姓名|联系人)[^,。]{{0,6}}?(?:,? ?(?:应该?是|应该叫|应为)|改成|改为|换成)(?P<name>{_DOTTED.pattern}|{_HAN}{{2,4}}?)"
    r"(?:吧|哈|啊|谢谢|[,。! ])*$")
_NO_CHANGE = re.compile(rf"{_KIN}|[字错改换]|别[人的]|其他|另外|下面|以下|上面|哪|几|本人|自己")
_ANY_TITLED = re.compile(rf"(?:联系人?|找|叫我?|我是)[是为:]?(?P<name>{_HAN}{{2,4}}?(?:先生|女士|小姐|太太))")  # 山本惠子女士
_TITLED = re.compile(
    rf"(?:(?<!{_HAN})|我是|我姓|是)(?P<name>{_SURNAME}{_HAN}{{0,2}}?(?:先生|女士|小姐|太太))"
    rf"|我是(?P<kind>{_SURNAME}{_TITLE})|(?P<plain>{_SURNAME}(?:先生|女士|小姐|太太))")
_FAMILY_NAME = re.compile(
    rf"(?:免贵|我|敝|本人|联系人|^|[,。 ])姓(?P<name>{_SURNAME})(?![名氏])"
    rf"(?:[, ]*(?:名字?)?叫(?P<given>{_HAN}{{1,4}}?)(?=$|[^\u4e00-\u9fff]|电话|手机|号码|联系|住|家住|地址))?")
#: 我姓秦，单名一个芮字.
_ONE_CHARACTER = re.compile(rf"姓(?P<name>{_SURNAME})[^\u4e00-\u9fff]{{0,3}}(?:名字?)?单名?(?:就?是?一?个?|叫)(?P<given>{_HAN})(?:字|$|[,。 ])")
_LEAD = re.compile(
    r"^(?:你好|您好|嗯+|哦|好的?|那就|就|写|填|登记|留|请?叫我?|我的?名字[叫是]?"
    r"|我|是|姓名|名字|联系人|这边是|[:, ])+")
_TAIL = re.compile(r"(?:吧|啦|喇|啊|呀|哦|哈|呢|的|就行|就可以|就好|谢谢|[,。!~ ])+$")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z.'\-]+|[A-Z][A-Za-z.'\-]*(?: [A-Z][A-Za-z.'\-]*){1,3}")
_MIXED = re.compile(rf"[A-Z][a-z]{{1,11}} ?{_SURNAME}|{_SURNAME} ?[A-Z][a-z]{{1,11}}|{_SURNAME}(?i:sir)")  # Tom陈
_VOWEL = re.compile("[aeiouyAEIOUY]")
_ENGLISH_BEFORE_PHONE = re.compile(r"(?:^|[,。;\s])(?P<name>[A-Z][a-z]{2,11}),?\s{0,2}(?=1[3-9]\d[\d \-]{8,})")
_NO_ENGLISH = _known("no_english")
_NICKNAME = re.compile(rf"[小老阿]{_HAN}|[小阿]{_HAN}{{2}}")
#: 行政部小刘, 物业李师傅: the place says who it is as much as the name does.
_AT_WORK = re.compile(rf"(?:{_HAN}{{0,3}}(?:部门?|处|科|室|组|物业|前台|门卫|保安|公司|店))的?(?P<name>{_HAN}{{1,4}}?)(?:师傅|师父)?")
_PIECE = re.compile(r"[,，。.!！?？;；、:：/|\s\d()（）\-+*]+")

# Words that begin like a name.
_NO_NAMES = _known("no_names")
_ALSO_IN_NAMES = _known("also_in_names")
_NEVER_IN_NAMES = re.compile(
    "[换修洗拆试装查弄买用]过|[的了吗呢吧啊哪谁不没是这那我你您他她它们哦呀嘛么什怎请在都也还咯啦呗噢喔]"
    "|字旁|师傅|师父|客服|人工|空调|冰箱|电视|洗衣机|热水器|先生|女士|小姐")
#: Words that end like a surname: 电池 before 换过.
_BEFORE_NAMES = _known("end_like_surnames")
_NEVER_LAST = frozenset(
    "色度机器炉灶箱柜扇锅省市区县镇乡村路街道州园苑城楼栋号室层元块钱点时分年日着过上下里边面口间件型款牌"
    "冷热修装洗换坏漏响慢好差大小高低费价票单卡管阀泵膜网门窗店厂院")


def find_name(text: str, asked: bool) -> str | None:
    """The contact's name, or None.

    `asked` says that the text answers the question for the name: then a name may stand alone, be a nickname or foreign.
    Otherwise it needs a cue (我叫, 联系人, 李女士, 我姓王) or has to stand between punctuation in a longer message.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _corrected(plain) or _cued(plain) or _full_family_name(plain) or _titled(plain)
    if found:
        return found
    if asked:
        return _answer(plain) or _family_name(plain) or _spelt(plain) or _at_work(plain)
    return _family_name(plain) or _lone(plain) or _english_before_phone(plain)


def begins_in(text: str, name: str) -> bool:
    """Whether a name marked in a text begins there with a word of its own: 池换过 of 电池换过 does not."""
    before = text.partition(name)[0]
    return not any((before + name[:1]).endswith(word) for word in _BEFORE_NAMES) or bool(re.search(f"{_CUE}$", before))


def _corrected(plain: str) -> str | None:
    """名字打错了，是张玮."""
    found = _CORRECTED.search(plain)
    if found and (_is_name(found["name"]) or _is_titled(found["name"])):
        return found["name"]
    changed = _CHANGED.search(plain)
    return changed["name"] if changed and not _is_no_change(changed["name"]) else None


def _is_no_change(words: str) -> bool:
    return bool(_is_common_word(words) or _NEVER_IN_NAMES.search(words) or _NO_CHANGE.search(words))


def _at_work(plain: str) -> str | None:
    words = _LEAD.sub("", _TAIL.sub("", plain))
    found = _AT_WORK.fullmatch(words)
    named = found and (find_name(found["name"], asked=True) or re.fullmatch(_SURNAME, found["name"]))
    return words if named else None


def _spelt(plain: str) -> str | None:
    """木子李."""
    return _SPELT.get(plain.strip(" 。.,!"))


def _english_before_phone(plain: str) -> str | None:
    found = _ENGLISH_BEFORE_PHONE.search(plain)
    return found["name"] if found and _is_english(found["name"]) else None


def _is_english(words: str) -> bool:
    known = any(word in _NO_ENGLISH for word in words.lower().split())
    return not known and bool(_VOWEL.search(words)) and find_brand(words) is None


def _cued(plain: str) -> str | None:
    names = (match["name"] for match in _CUED.finditer(plain))
    found = next((name for name in names if _is_name(name) or _is_titled(name) or _is_nickname(name)), None)
    return found or _of_peoples(plain)


def _of_peoples(plain: str) -> str | None:
    """我叫古丽; 联系山本惠子女士."""
    cued = re.search(rf"{_CUE}(?P<name>{_OF_PARTS.pattern}){_AFTER_NAME}", plain) or _ANY_TITLED.search(plain)
    return cued["name"] if cued and not re.search("[的了是你他她]", cued["name"]) else None


def _titled(plain: str) -> str | None:
    names = (match["name"] or match["kind"] or match["plain"] for match in _TITLED.finditer(plain))
    return next((name for name in names if _is_titled(name)), None)


def _full_family_name(plain: str) -> str | None:
    """姓王，叫小明; 姓秦，单名一个芮字."""
    if alone := _ONE_CHARACTER.search(plain):
        return alone["name"] + alone["given"]
    match = _FAMILY_NAME.search(plain)
    if not match or not match["given"]:
        return None
    return match["given"] if match["given"].startswith(match["name"]) else match["name"] + match["given"]


def _family_name(plain: str) -> str | None:
    match = _FAMILY_NAME.search(plain)
    return match["name"] if match else None


def _is_titled(name: str) -> bool:
    bare = re.sub(f"{_TITLE}$", "", name)
    return bare != name and not _NEVER_IN_NAMES.search(bare) and bare not in _NO_NAMES


def _is_name(name: str) -> bool:
    """Surname and given name, of a form that no common word has."""
    shape = re.fullmatch(
        rf"(?:{_COMPOUND}){_HAN}{{1,2}}|[{_SURNAMES}]{_HAN}{{1,2}}|[{_SURNAMES}]{{2}}{_HAN}{{2}}", name)
    return bool(shape) and not _is_common_word(name) and not _NEVER_IN_NAMES.search(name)


def _is_common_word(name: str) -> bool:
    """马上, and 马上来; but 白云飞 may be a person."""
    return name in _NO_NAMES or name[:2] in _NO_NAMES - _ALSO_IN_NAMES


def _answer(plain: str) -> str | None:
    if _ENGLISH.fullmatch(plain):
        return plain if _is_english(plain) else None
    if _MIXED.fullmatch(plain) or _DOTTED.fullmatch(plain):
        return plain
    if re.search("[?？]", plain):
        return None
    pieces = [_TAIL.sub("", _LEAD.sub("", piece)) for piece in _PIECE.split(plain)]
    answers = [piece for piece in (_spaced(plain), *pieces) if piece and _is_answer(piece)]
    return answers[0] if answers else None


def _spaced(plain: str) -> str | None:
    """张 伟."""
    return plain.replace(" ", "") if re.fullmatch(rf"{_SURNAME} {_HAN} ?{_HAN}?", plain) else None


def _is_answer(piece: str) -> bool:
    if _is_name(piece):
        return True
    if piece in _NO_NAMES or piece in _NO_NICKNAMES or _NEVER_IN_NAMES.search(piece):
        return False
    return any(shape.fullmatch(piece) for shape in (_DOTTED, _OF_PARTS, _MIXED, _NICKNAME))


_NO_NICKNAMES = _known("no_nicknames")


def _lone(plain: str) -> str | None:
    """A piece of its own in a longer message."""
    pieces = _PIECE.split(plain)
    if pieces == [plain]:
        return None
    return next((piece for piece in pieces if _is_lone(piece, plain)), None)


def _is_lone(piece: str, plain: str) -> bool:
    if not (_is_lone_name(piece) or _is_nickname(piece) or _is_of_peoples(piece)):
        return False
    stands_for_person = piece in _ALSO_IN_NAMES or re.search(rf"{re.escape(piece)}[, ]{{0,2}}1[3-9]\d", plain)
    return bool(stands_for_person) or not (_is_place(piece) or find_brand(piece))


def _is_lone_name(piece: str) -> bool:
    return _is_name(piece) and piece[-1] not in _NEVER_LAST


def _is_of_peoples(piece: str) -> bool:
    return bool(_DOTTED.fullmatch(piece) or _OF_PARTS.fullmatch(piece))


def _is_place(piece: str) -> bool:
    """常德, 安阳市: a division and nothing else."""
    region = read_region(piece)
    return region is not None and region.end == len(piece)


def _is_nickname(piece: str) -> bool:
    """小王, 老李: the familiar form of a surname."""
    return piece not in _NO_NICKNAMES and re.fullmatch(f"[小老][{_SURNAMES}]", piece) is not None
