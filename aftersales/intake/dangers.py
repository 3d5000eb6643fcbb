"""The dangers a message tells of: gas, electricity, water; what is denied (没闻到煤气味) is none."""

import re

from aftersales.folding import simplified

from .turns import Turn

#: What stands before 电 where nobody is hurt: 通电了一下, 停电, 家电到了.
_SUPPLY = r"(?<![通断停来充插供没关放有缺掉过家送水发热用省弱强缴交费])"
#: What 电 begins where it is no current: 有电源, 带电池.
_CURRENT = r"电(?![池脑视源器压话费机热饭磁梯子动商加辅量])"
_METAL = r"(外?壳|机[身壳体]|箱体|柜体|把手|柜门|铁皮|铁的|金属|龙头|花洒|洗澡水|水里|水管|表面|整个机器|边框)"
_BODY = r"(手|手指|指头|胳膊|身上|我|娃儿?|孩子|小孩|老人|人)"

_WIRES = r"(插头|插座|插排|排插|插板|电线|线路|电源线|接线|线头|保险丝)"

_GAS = (
    r"(煤气|燃气|天然气|液化气|瓦斯)的?(味|泄漏|泄露)|漏(煤|燃|天然)?气(?!温)"
    r"|(闻到|有股?|一股).{0,6}(煤气|燃气|天然气|液化气|瓦斯)味?|一氧化碳|臭鸡蛋"
    r"|[煤燃然]气软?管.{0,3}(爆|断|裂|脱落|掉了|破)|(煤气|燃气|天然气|一氧化碳|可燃气体?)报警器?.{0,4}(响|叫|报)"
    # carbon monoxide
    r"|头[晕昏].{0,14}(热水器|壁挂炉|燃气|煤气)|(热水器|壁挂炉|燃气|煤气|洗澡).{0,12}头[晕昏]"
    r"|爆燃|火关不([掉了灭住]|上)|火.{0,2}(一直|还在)[着烧].{0,3}关不|火苗?.{0,3}[窜蹿].{0,3}([高出]|烧到)")
_ELECTRICITY = (
    r"触电|漏[点了着一]{0,2}电(?!保护)|冒.{0,2}烟|冒火|冒电?火花|打火花|起火|烧焦|焦糊?味|糊味|烧糊|跳闸|短路|爆炸"
    rf"|(?<![打点]不)(?<![打点])着火|(?<!自)带{_CURRENT}|火花|[走跑]电(?![梯源动视话缆线费商信脑])"
    rf"|{_METAL}[^没不无，。,]{{0,4}}有[点股微]*{_CURRENT}|(摸|碰|挨|触)[^没不无，。,]{{0,5}}有[点股微]*{_CURRENT}"
    # what is hot, burnt, bare, or goes off
    rf"|{_WIRES}.{{0,5}}(烧[黑焦化坏熔糊了]|熔|化了|发?黑了|焦|发?烫|打火)|{_WIRES}.{{0,4}}(破皮?了?|裸露?|露出来?)(?!产)|{_WIRES}.{{0,4}}露.{{0,2}}铜"
    r"|(微波炉|烤箱)(里面?)?.{0,3}打火(?!石)|烧(穿|出?了?一?个?大?洞)|(电池|电容).{0,4}鼓|(空气?开关?|漏保|漏电保护器?|电?闸|总开关)(它|又|一直|老是?|总是?|经常|天天|动不动|就|会|也)*([跳掉](?!不)|落下)"
    r"|跳电(?!视)|(全屋|整个?屋子?|全家|家里|整个家)(都|就)?(断电|没电)(?!了?[吗么?？]|[梯视脑器])"
    r"|(?<![气要快心肺态我油管头])(?<!炸锅)炸(了(?!一?半)|开|碎)|(门|板|璃|锅|管|胆|器|灯|罩|盖).{0,2}炸裂|(热水器|壁挂炉|内胆|水箱|锅|罐|瓶|玻璃).{0,2}爆(了|开|裂|碎)|(洗澡|冲凉|洗手|洗碗|水).{0,8}感觉(得到|到|有)[点些股]*电"
    # somebody felt it
    rf"|[麻打]手(?=$|[\s，。,.!！?？了的啊呀呢疼痛得很一])|手[^，。,]{{0,2}}麻(?![利烦辣])|(?<!皮)[起发]麻|麻人|(摸|碰|挨)[^，。,]{{0,5}}麻(?![烦将辣袋花])"
    rf"|{_BODY}.{{0,3}}麻了?一?[下哈]|手.{{0,2}}打了?一[下哈](?!电话)|麻(了|到|得)(我|手|人|一[下哈])|(摸|碰|挨|壳)[^，。,]{{0,5}}打人"
    rf"|([遭被]|[让给把][^，。,])[^，。,通断停充]{{0,6}}(?<![家充来停断])电(了|到|着|过|得|一[下哈]|惨|麻|击)"
    rf"|{_SUPPLY}电[了到着倒](我|人|手|娃|孩|小孩|老人|一[下哈])|{_SUPPLY}电[到着]了?(?=$|[\s，。,.!！?？])|过电的?(感觉|一样)"
    # the way to the plug with wet hands
    r"|(手|脚|身上).{0,3}(湿|有水|沾水|沾了水).{0,12}(插头|插座|开关|电闸|空开|电源)"
    r"|(拔|碰|摸|关|动|拉|插).{0,4}(插头|插座|开关|电闸|空开|电源).{0,8}(手|脚|身上).{0,3}(湿|有水|沾水|沾了水)")
_PIPE = r"(接[头口]|(?<![灯烟铜像气])管[子道头]?|阀门?|龙头|三通)"
_WATER = (
    r"(漏|渗|滴|流|淹)(水|了)?.{0,4}(到|了)?(楼下|邻居)|楼下.{0,6}(漏|渗|滴|淹)|天花板.{0,6}(漏|渗|滴|湿)|(漏|渗).{0,4}天花板"
    r"|水漫|爆管|水管?爆|发大水|家里(都)?淹了|水.{0,3}(止|关|堵)不住"
    rf"|{_PIPE}.{{0,3}}(爆|崩|炸(?!锅))|{_PIPE}.{{0,6}}(喷|飙|呲)(?![头嘴淋枪溅雾])|水.{{0,6}}(往外|到处|四处|直|狂|猛)(喷|飙|涌|呲|射)"
    r"|哗(哗|啦啦?)[的地]?(往外|往下|直|一直|到处)?(漏|喷|冒|涌|淌|流(?![程量]))"
    r"|(屋|房间|客厅|厨房|卫生间|阳台|家|地板?).{0,5}(淹|水泡|泡水|泡在水)|[被要快]淹|满屋.{0,3}水|一屋子?.{0,3}水"
    r"|地板.{0,3}泡|喷.{0,4}(到处|满[屋地墙天]|一[地屋身])(?!.{0,3}泡沫)"
    rf"|{_PIPE}.{{0,3}}(脱|断|裂开|掉下来|掉了).{{0,10}}(水|喷|流)"
    r"|(漏水|喷|渗|淹|流水|滴水|爆).{0,20}(楼下|邻居).{0,5}(找|敲门|闹|投诉|骂)")
#: Dangers that come before everything else, by the response that says what to do at once.
_DANGERS = tuple((name, re.compile(words)) for name, words in (
    ("gas", _GAS), ("electricity", _ELECTRICITY), ("water", _WATER)))

#: Topics of those who ask for advice while it happens: 冰箱外壳摸着麻 正常不. Asked in general it is none: 怎么防止漏电.
_ADVICE = ("faq_maintenance", "faq_prepare")
_IN_GENERAL = re.compile(r"防|避免|以免|免得|万一|如果|要是|一般|平时|日常|会不会|容易|怎样才")
#: 没闻到煤气味, 不漏电; but not 会不会漏电, 有没有煤气味, 没想到漏电了.
_DENIED_BEFORE = re.compile(
    r"((?<!有)没有?|(?<![会要能])(?<!^是)(?<![^但可就]是)不(?!是不)|(?<!有)无|未|并非|排除|(闻|看|感觉|嗅|感受)不[到出见])"
    r"(是|会|再|有|怎么|什么|啥|任何|明显|一点|闻[到见着出]|嗅到|[看见听]到|看见|见|发现|出现|感觉到|发生|存在|因为|被|遭|过|那种|的|在)*$")
#: 煤气味倒没有.
_DENIED_AFTER = re.compile(
    r"(倒是?|也|是|都|一点|完全|的|情况|现象|这些)*(没有|没闻[到见]|闻不[到出]|没发现|没出现|不存在)(?=$|[\s，。,.！!啊呢的])")
#: 不会漏电吧, 没漏气吧?: who asks is afraid of it.
_AFRAID = re.compile(r"^[^，。,.；;！!\s]{0,4}(吧|吗|么|[?？])")
_LISTED = re.compile(r"[和或、跟与及者的\s]*(什么|啥)?")


def danger(turn: Turn) -> str | None:
    """The danger a message tells of: `gas`, `electricity` or `water`; None where it tells of none or asks in general."""
    text = simplified(turn.text)
    if turn.intent.startswith("faq_") and (turn.intent not in _ADVICE or _IN_GENERAL.search(text)):
        return None
    return next((name for name, words in _DANGERS if _told(words, text)), None)


def _told(words: re.Pattern[str], text: str) -> bool:
    """Whether the words stand in the text without being denied, alone or in a list: 没有冒烟和跳闸."""
    denied_until: int | None = None
    for found in words.finditer(text):
        listed = denied_until is not None and bool(_LISTED.fullmatch(text, denied_until, found.start()))
        if not listed and not _is_denied(text, found.start(), found.end()):
            return True
        denied_until = found.end()
    return False


def _is_denied(text: str, start: int, end: int) -> bool:
    if _AFRAID.search(text[end:]):
        return False
    return bool(_DENIED_BEFORE.search(text[:start]) or _DENIED_AFTER.match(text, end))
