"""Whose home an appliance stands in, where the customer says so: 妈妈家的空调, 店里的冰柜."""

import re

_PERSON = (
    "爸妈|父母|妈妈|爸爸|母亲|父亲|老妈|老爸|妈|爸|爷爷奶奶|外公外婆|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公婆婆|公婆|婆婆|公公|岳父母|岳父|岳母"
    "|丈母娘|丈人|老人|姐姐|哥哥|弟弟|妹妹|姐|哥|弟|妹|儿子|女儿|闺女|叔叔|阿姨|舅舅|姑姑|亲戚|朋友|租客|房客"
)
_OF_SOMEBODY = re.compile(rf"(?:我|俺|咱)?(?:的)?({_PERSON})(?:他们|她们)?(?:的)?(?:家里?|那边|那儿|那里|屋里?|房子|那[单台]|的?单子)")
_FULL = {"妈": "妈妈", "老妈": "妈妈", "母亲": "妈妈", "爸": "爸爸", "老爸": "爸爸", "父亲": "爸爸", "姐": "姐姐", "哥": "哥哥",
         "弟": "弟弟", "妹": "妹妹", "闺女": "女儿", "爸妈": "父母", "丈母娘": "岳母", "丈人": "岳父", "外婆": "姥姥", "外公": "姥爷"}
_PLACE = re.compile(
    r"(老家|公司|单位|办公室|店里|铺子里|餐厅|饭店|宾馆|民宿|厂里|仓库|宿舍|出租[屋房]|老房子|旧房子|新房子?|新家|另一套房子?)(?!的?地址|电话)")


def find_household(text: str) -> str | None:
    """The household named, in short (妈妈家, 老家, 店里); None where it is the customer's own or not said."""
    somebody = _OF_SOMEBODY.search(text)
    if somebody:
        return f"{_FULL.get(somebody[1], somebody[1])}家"
    place = _PLACE.search(text)
    return place[1] if place else None
