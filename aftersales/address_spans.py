"""Where an address stands in a free text.

A region is read with the division table, the rest by the words that Chinese addresses are made of: roads, estates,
buildings, rooms. Positions are those of the text given.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from .divisions import Region, is_town, read_region, town_end
from .folding import simplified


@dataclass(frozen=True)
class AddressSpan:
    """Where an address stands in a text, its region and what lies below; `certain`: a road or estate with a number."""

    start: int
    end: int
    region: Region | None
    detail: str
    certain: bool


NUMBER = (
    r"(?:[A-Za-z]?\d{1,5}(?:[-—][A-Za-z]?\d{1,5})*[A-Za-z]?|[A-Za-z]|[零〇一二两三四五六七八九十百]{1,5}|[甲乙丙丁东西南北])"
)
UNIT = r"(?:号楼|号院|号[铺店档房门]|号|栋|幢|座|[楼层](?:[A-Z](?![A-Za-z\d栋幢座区室]))?|单元|室|房|户|组|队|档|铺|弄|期|区|段(?!时)|#)"
ROAD = r"(?:大道|大街|公路|国道|胡同|路|街(?!道)|巷|弄|(?<![水管频味知通渠])道(?![外里]))"
ESTATE = (
    r"(?:街道|社区|小区|新村|花园|家园|公寓|大厦|广场|中心|国际|山庄|别墅区?|工业[区园]|开发区|[科产][^，]{0,2}园|市场|商[场城]"
    r"|大院|宿舍|旅馆|[餐饭小酒]馆|[酒茶]楼|网吧|诊所|药店|卫生[室院站]|幼儿园|派出所|[村居]委会?|政府|银行|菜场|美食城|学校|[中小大]学|学院|医院|酒店|宾馆|饭店|超市|公司|名[都邸苑]|华[府庭]|豪[庭苑]|半岛|天[地街]|公馆|SOHO"
    r"|镇|乡|村|庄|屯|城|苑|园|府|湾|郡|邸|院|坊|里|庭|居|洲|岛|谷|阁|轩|厂|店|厦|寨|坡|桥|塔|湖|塘)"
)
# Full-width letters, digits, hyphen, hash and blank, one to one, so that places in the text stay the same.
_KEPT_WIDE = "，：；？！（）"
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_WIDE} | {ord("　"): " "}

# Labels of a form that was filled in: 城市：佛山 区：顺德.
_LABEL = re.compile(r"小区名[字称]?[是叫:：]?|(?:省份?|所?在?城市|(?<![\u4e00-\u9fff])市|区县?|县区|镇街|乡镇|街道|详细地址|门牌号?|小区)[:：]")
# What is in a message besides an address, and would be taken for house numbers or places: phones, times, order numbers.
_OTHER_MATTER = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|[A-Z]{2}\d{8,}"
    r"|(?<!\d)(?:19|20)\d\d年(?:\d{1,2}月)?|\d{1,2}月\d{1,2}[日号]?|(?<![路街巷道弄村])\d{1,2}[日号](?=[上下]午|中午|早|晚|傍晚|下班)|\d{1,2}[:：]\d{2}"
    r"|[\d一二两三四五六七八九十]{1,3}(?:点钟?半?|分钟|小时)"
    r"|(?:大后|今|明|后|昨|前)[天晚早]|(?:这|下|本|上)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|[上下]午|中午|晚上|早上"
)
_PIECE = re.compile(r"[^，,。；;！!？?\n、\s~：:（）()]+")
_ANCHOR = re.compile(
    rf"{NUMBER}\s*{UNIT}|(?<![A-Za-z0-9-])[A-Za-z]?\d{{1,5}}(?:[-—][A-Za-z]?\d{{1,5}})*[A-F]?(?![A-Za-z0-9])|{ROAD}|{ESTATE}"
    r"|(?<=[栋幢座楼元号])[零〇一二三四五六七八九幺]{3,4}"
)
NAMED = re.compile(rf"{NUMBER}\s*{UNIT}|[\u4e00-\u9fffA-Za-z]{{2}}(?:{ROAD}|{ESTATE})")
DOOR = re.compile(
    rf"{NUMBER}\s*(?:号楼|号院|号(?!线|公馆)|栋|幢|座|单元|室|组|队|户|档|铺|弄|#)|[A-Za-z]?\d+\s*(?:楼|层|房|门|区)"
    r"|[一二三四五六七八九十]{1,3}[楼层](?!村)|[A-Za-z]?\d+(?:[-—]\d+)+|(?<![A-Za-z\d])[A-Za-z]?\d{2,5}(?![\dA-Za-z]|国道|省道|县道|高速|期)"
    r"|\d+$"
)
TOWN = re.compile(r"^[\u4e00-\u9fff]{1,6}?(?:街道办事处|街道办?|镇|乡)")
_CERTAIN = re.compile(
    rf"[\u4e00-\u9fff][\u4e00-\u9fff\dA-Za-z]{{0,11}}(?:{ROAD}|{ESTATE})\s*{NUMBER}\s*(?:号(?!线)|弄|栋|幢|号楼|座|组|队|单元|档|室|区\d)"
    rf"|{NUMBER}\s*(?:号楼|栋|幢|座|单元)\s*(?:{NUMBER}\s*单元)?\s*[A-Za-z]?\d{{2,4}}"
    r"|[\u4e00-\u9fff]{2,8}\d{1,2}-\d{1,2}-\d{3,4}|[\u4e00-\u9fff]{2,6}村[一二三四五六七八九十\d]{1,3}[组队号]"
)
_STOP = re.compile(
    r"空调|冰箱|冰柜|洗衣机|烘干机|热水器|燃气灶|煤气灶|油烟机|烟机|洗碗机|净水[器机]|微波炉|烤箱|电饭[煲锅]|破壁机|豆浆机|榨汁机|料理机|压力锅|高压锅|加湿器|净化器|消毒柜|蒸箱|洗地机|马桶盖|投影仪|浴霸|扫地机|吸尘器|风扇"
    r"|取暖器|除湿机|新风(?![家花小苑村路里社])|壁挂炉|炸锅|电视机?(?!台)|饮水机|电磁炉|挂机|柜机|维修|报修|修一?下|来修|保养|清洗|安装|拆装|移机|检[测查修]"
    r"|坏|故障|漏[水电气]|显示|型号|品牌|牌子|电话|手机|号码|姓名|联系|名字|我叫|叫我|我姓|(?<!百)姓|师傅|先生|女士|小姐|太太"
    r"|谢谢|麻烦|尽快|帮[我忙他她]|请(?!家)|需要|我想|想[要约报修装洗]|上门|预约|方便|可以|没[有电反图声法]"
    r"|不[是知清制加启转通出排脱进点打工亮响冷热能会想要用动行对]"
    r"|[打点]不|开不|充不|怎么|多少|为什么|什么|吗|呢|哦|哈|啊|吧|人工|收费|要钱|服务|[搬移运挪][到去至]"
)
_TALK = re.compile(r"[就都很还再说有在能会已]|个月|正常")
_FUNCTION = re.compile(r"[了我你他她它没吗呢吧啊这么怎]|那(?![大坡曲霍])|(?<!美)的")
_NOT_A_PLACE = re.compile(
    r"不知|不清|不记|不方便|不想|不用|不要|忘|暂时|跳过|怎么|什么|哪|多少|吗|呢|能不能|可不可|可以|好的|是的|对的|确认|同意|取消|算了|一样"
    r"|上次|之前|老地址|同上|等[下会]|稍等|一会|马上|发[给你]|定位|位置|先生|女士|小姐|师傅|提交|没有|没问题|谢谢|随[便时]|都行|人工|身份证|户口"
)
_LEAD = re.compile(
    r"(?:你好|您好|嗯+|那|好的?|请|麻烦|换成|改[成到为]|应该)?(?:我们?|咱们?)?"
    r"(?:(?:家里?|屋企|这边|这里|这儿|现在|的|就|人)(?=在|住|是|喺|地址|的|就))*"
    r"(?:(?:详细|具体|上门|服务|维修|安装|新|家庭|收货|正确|联系|我的|家里?的?|现在的)*(?:地址|住址|地点|位置|门牌号?|房号|楼号))?"
    r"(?:就|应该|改)?(?:住在|住|在|喺|位于|是|为|成(?![都华武安县])|到)*"
)
_LAST_LEAD = re.compile(r"(?<![自现存])在|家住|我住|[地住]址是?|(?<!不)是(?=[\u4e00-\u9fff])|[改换][到成]|改为|位于")
_BEFORE_BARE = re.compile(r"(?:^|[，,。；;！!？?\n、\s：:（(在住是到于来为成址家们我])$")
_BUILDING = re.compile(rf"{NUMBER}\s*(?:号楼|栋|幢|座|单元|#)")
_MOST = 30  # candidates that are weighed; no message names more places than that
_CLAUSE_END = re.compile(r"[，,。；;！!\n]")
_COMING = frozenset("来到去")
_NOT_MEANT = re.compile(r"(不是|不在|不住|别[去到])$")
_AFTER_REGION = re.compile(r"$|的(?!.{0,3}(?:师[傅父]|工程师|服务|网点|号码?|电话|天气|单子?|订单))|这边|这里|市区|人|那边|区域")
_QUESTION = re.compile(r"[？?]|吗|有没有|多少|怎么|能不能|可不可以|是不是|行不行")
_BESIDE = re.compile(
    r"[^，。\s]{0,10}?(?:(?:旁边?|对[面门]|隔离|附近|隔壁|楼[上下]|门口|路口|[后前里]面|左[手边]|右[手边]|[东西南北][门侧边]|入口|门面|铺面|商铺"
    r"|交[叉汇]口?|往[里东西南北前后]走?|第[一二三四五六七八九十\d]+[家户]|口)的?)+(?<!的)"
)
_ROOM_ONLY = re.compile(r"[A-Za-z]?\d{3,4}室?|[A-Za-z]?\d{1,3}(?:-\d{1,4}){1,3}")
#: Where an address lies that has been told: 就在菜市场后头.
_LANDMARK = re.compile(r"就[在是挨靠对]|[挨靠]着|紧[挨靠邻]")
_LAST_WORDS = re.compile(r"[\s，,。.；;、：:\-]+$|(?<=.)(?:这里|这边|那里|附近|的家|的|哦|呀|哈)$")


def find_span(text: str, asked: bool) -> AddressSpan | None:
    """The first address in a text that was not denied; `asked` as in `addresses.find_address`."""
    plain = _plain(text)
    counting = [item for item in islice(_candidates(plain, asked), _MOST) if _counts(plain, item, asked)]
    found = next((item for item in counting if _is_whole(item)), counting[0] if counting else None)
    return found or (_free_form(plain) if asked else None)


def _is_whole(span: AddressSpan) -> bool:
    """A region with a door in it: rather the address than a lone region before it, which may be somebody's name."""
    return span.region is not None and bool(span.certain or DOOR.search(span.detail))


def tidy(detail: str) -> str:
    """Without separators and needless blanks; a blank between figures stays."""
    words = re.sub(r"[\s，,。；;、：:]+", " ", detail).strip(" -/·|>.")
    words = re.sub(r" (?![\dA-Za-z])|(?<![\dA-Za-z]) ", "", words)
    return _LAST_WORDS.sub("", words)


def _plain(text: str) -> str:
    """The text in half width and simplified characters, phones, times and order numbers blanked out; as long as the original."""
    narrow = _LABEL.sub(lambda match: " " * len(match[0]), simplified(text).translate(_WIDE))
    return _OTHER_MATTER.sub(lambda match: "\n" * len(match[0]), narrow)


def _candidates(plain: str, asked: bool) -> Iterator[AddressSpan]:
    for piece in _PIECE.finditer(plain):
        start = _after_lead(plain, piece.start(), piece.end())
        yield from _from_region(plain, start, piece.end(), asked)
        yield from _from_road(plain, start, piece.end(), asked)


def _from_region(plain: str, start: int, end: int, asked: bool) -> Iterator[AddressSpan]:
    position = start
    while position < end - 1:
        region = read_region(plain, position)
        if region is None:
            position += 1
            continue
        yield _with_detail(plain, position, region, asked)
        position = region.end


def _from_road(plain: str, start: int, end: int, asked: bool) -> Iterator[AddressSpan]:
    """An address without a region: a road or estate, with a number unless it was asked for."""
    certain = _CERTAIN.search(plain, start, end)
    weak = NAMED.search(plain, start, end) or _ROOM_ONLY.fullmatch(plain, start, end) if asked else None
    anchor = certain or weak
    if anchor is None:
        return
    begin = _road_start(plain, start, anchor.end())
    stop = _detail_end(plain, begin, end, asked)
    if stop > begin:
        yield _span(plain, begin, _continued(plain, stop, end, asked), None)


def _with_detail(plain: str, start: int, region: Region, asked: bool) -> AddressSpan:
    piece = _piece_at(plain, region.end)
    if piece is None:
        return _span(plain, start, region.end, region)
    end = max(_detail_end(plain, piece.start(), piece.end(), asked), town_end(plain, piece.start()))
    near = end > piece.start() and (piece.start() == region.end or _continues(piece) or is_town(piece[0]))
    last = end if near else region.end
    return _span(plain, start, _continued(plain, last, piece.end(), asked) if near else last, region)


def _span(plain: str, start: int, end: int, region: Region | None) -> AddressSpan:
    detail = plain[region.end if region else start : end]
    return AddressSpan(start, end, region, tidy(detail), certain=bool(_CERTAIN.search(detail)))


def _piece_at(plain: str, position: int) -> re.Match[str] | None:
    """The piece that goes on at a position or begins after one or two separators."""
    piece = _PIECE.search(plain, position)
    return piece if piece and len(plain[position : piece.start()].strip(" ")) <= 2 and piece.start() - position <= 8 else None


def _continued(plain: str, end: int, piece_end: int, asked: bool) -> int:
    """The end of the detail when following pieces (，3单元402) belong to it too."""
    end = _with_estate(plain, end, piece_end)
    while end >= piece_end and (piece := _piece_at(plain, max(end, piece_end))):
        if not _continues(piece):
            break
        last = _detail_end(plain, piece.start(), piece.end(), asked)
        if last <= piece.start():
            break
        end, piece_end = last, piece.end()
    return end


def _with_estate(plain: str, end: int, piece_end: int) -> int:
    """The end of the piece where its last words must be an estate's name, since a building follows: 万科星火 3栋707."""
    rest, following = plain[end:piece_end], _piece_at(plain, piece_end)
    if not following or not 2 <= len(rest) <= 12 or not _BUILDING.match(following[0]):
        return end
    return end if any(words.search(rest) for words in (_STOP, _FUNCTION, _TALK)) else piece_end


def _continues(piece: re.Match[str]) -> bool:
    words = piece[0]
    if re.fullmatch(r"[\dA-Za-z\-]+", words):
        return bool(_ROOM_ONLY.fullmatch(words))
    anchored = _ANCHOR.search(words)
    if _LANDMARK.match(words) and not DOOR.search(words):
        return False
    if not anchored or _is_other_matter(words, anchored):
        return False
    return not _NOT_A_PLACE.search(words) and not _QUESTION.search(words)


def _is_other_matter(words: str, anchored: re.Match[str]) -> bool:
    """An appliance at once, or behind a brand that only looks like a place: 布谷破壁机."""
    stop = _STOP.search(words)
    if stop is None:
        return False
    return stop.start() == 0 or (stop.start() - anchored.end() <= 1 and not re.search(r"\d", anchored[0]))


def _detail_end(plain: str, start: int, end: int, asked: bool) -> int:
    """Where the detail ends that begins at `start`: after its last road, estate, building or room."""
    stop = _STOP.search(plain, start, end)
    limit = stop.start() if stop else end
    last = position = start
    while anchor := _ANCHOR.search(plain, position, limit):
        gap = plain[last : anchor.start()]
        if len(gap) > 12 or _FUNCTION.search(gap):
            break
        last = position = anchor.end()
    beside = _BESIDE.match(plain, last, limit)
    if beside and last > start:
        return _beyond(plain, beside.end(), limit)
    loose = asked and last == start and limit - start <= 12 and not _FUNCTION.search(plain, start, limit)
    return limit if loose and limit - start >= 2 else last


def _beyond(plain: str, beside: int, limit: int) -> int:
    """小学对面的幸福里5栋301: an estate or a door named by the landmark beside it."""
    of = beside + plain.startswith("的", beside, limit)
    anchor = _ANCHOR.search(plain, of, limit)
    named = anchor and anchor.start() - of <= 8 and not _FUNCTION.search(plain, of, anchor.start())
    return _detail_end(plain, of, limit, asked=False) if named else beside


def _road_start(plain: str, start: int, end: int) -> int:
    """Where the road's or estate's name begins: after the last 在, 地址是 or word of another matter before it."""
    leads = [match.end() for match in _LAST_LEAD.finditer(plain, start, end)]
    stops = [match.end() for match in _STOP.finditer(plain, start, end)]
    return max([start, *(place for place in (*leads, *stops) if place < end - 2)])


def _after_lead(plain: str, start: int, end: int) -> int:
    """Behind 我家在, 地址是 and the like, unless a division begins there (来安)."""
    lead = _LEAD.match(plain, start, end)
    begin = lead.end() if lead and read_region(plain, start) is None else start
    coming = plain[begin : begin + 1] in _COMING and (read_region(plain, begin + 1) or town_end(plain, begin + 1))
    return begin + bool(coming)


def _counts(plain: str, found: AddressSpan, asked: bool) -> bool:
    if _NOT_MEANT.search(plain[max(found.start - 3, 0) : found.start]):
        return False
    if found.region is None:
        return found.certain or (asked and _is_place(plain, found))
    if found.certain:
        return True
    asks = _QUESTION.search(_clause(plain, found)) if NAMED.search(found.detail) else _QUESTION.search(plain)
    if asks and not DOOR.search(found.detail):
        return False
    return _region_counts(plain, found, found.region, asked)


def _clause(plain: str, found: AddressSpan) -> str:
    """The words around an address up to the next stops."""
    before = _CLAUSE_END.split(plain[: found.start])[-1]
    return before + plain[found.start : found.end] + _CLAUSE_END.split(plain[found.end :], maxsplit=1)[0]


def _region_counts(plain: str, found: AddressSpan, region: Region, asked: bool) -> bool:
    """A region by itself or with a vague detail: its names must be unmistakable."""
    if region.levels > 1 or not region.bare:
        return True
    if not _BEFORE_BARE.search(plain[max(found.start - 1, 0) : found.start]):
        return False
    if asked or found.detail:
        return asked or bool(DOOR.search(found.detail) or TOWN.match(found.detail) or is_town(found.detail))
    return region.city is not None and bool(_AFTER_REGION.match(plain, found.end) or _at_end(plain, found.end))


def _at_end(plain: str, position: int) -> bool:
    return not _PIECE.match(plain, position) or bool(_STOP.match(plain, position))


def _is_place(plain: str, found: AddressSpan) -> bool:
    words = found.detail
    if _NOT_A_PLACE.search(plain) or _QUESTION.search(plain) or _STOP.match(words):
        return False
    if re.fullmatch(r"[\dA-Za-z\- ]+", words):
        return bool(_ROOM_ONLY.fullmatch(words))
    return len(words) > 2 or bool(DOOR.search(words))


def _free_form(plain: str) -> AddressSpan | None:
    """An estate whose name has no telling word (翠湖一号, 橡树湾): the whole answer, if it can be a name."""
    words = plain[_after_lead(plain, 0, len(plain)) :].strip(" \n，。,.")
    han = re.findall(r"[\u4e00-\u9fff]", words)
    unlikely = any(pattern.search(words) for pattern in (_NOT_A_PLACE, _STOP, _FUNCTION, _TALK))
    if unlikely or (len(han) < 4 and not is_town(words)) or len(words) > 24 or "\n" in words:
        return None
    start = plain.index(words)
    return _span(plain, start, start + len(words), None)
