"""The words by which an answer is told from a correction, a question, a yes, a no, or a wish to stop."""

import re

from aftersales import sounds

from .assent import YES, is_mannerly_yes
from .turns import Turn

#: Intents that ask for something else while a report is under way.
ASIDES = (
    "query_progress", "list_services", "urge_order", "human_handoff", "complain", "privacy_request", "bot_challenge",
    "greet", "goodbye", "thank", "out_of_scope", "reschedule_visit", "cancel_order", "stop", "rate_service",
    "request_service",
)
#: Those of them that no answer to a yes-or-no question is mistaken for.
WISHES = ("query_progress", "list_services", "complain", "privacy_request", "bot_challenge", "rate_service")
#: Who is asked for where the bot shall be silent.
PERSON = re.compile(r"人工|客服|真人|人来聊|活人")
#: What the answer to an open question has to reach before it counts as an aside instead.
SURE = 0.5
#: Words that say that something is wrong, but not what.
VAGUE = re.compile(
    r"(家里的?|我家的?)?(坏了?|坏掉了?|有问题了?|出(了)?问题了?|出?(了)?故障了?|有毛病了?|出(了)?毛病了?|不好用了?|不行了?|不能用了?"
    r"|用不了了?)"
)
CORRECTION = re.compile(r"改|换成|换个|换到|写错|错了|搞错|说错|打错|不是|不对|更正|更新|应该是|以.{0,6}为准")
MARKUP = re.compile(r"<[^<>]*>|\w+\([^()]*\)")
NEGATED = re.compile(r"(?<!是)(而?不是|不要|并非)[^，,。；;！!？?是]*")
CLOCK = re.compile(r"上午|下午|中午|早|晚|全天|都可以|都行|随时|尽快|点|[:：]|小时|\d ?[ap]m|morning|noon|evening|night", re.I)
DAY = re.compile(r"今|明|后天|周|星期|礼拜|[号月日]|尽快|随时|都可以|都行|tomorrow|today|tonight|[a-z]day|weekend", re.I)
DAY_OR_TIME = re.compile(r"今天|明天|后天|明早|今晚|明晚|周[一二三四五六日天末]|星期|礼拜|上午|下午|晚上|中午|早上|尽快")
UNKNOWN_BRAND = re.compile(r"[\u4e00-\u9fffA-Za-z·.&\-]{2,10}")
CALLED = re.compile(r"^(我(的名字)?(叫|是)|就?叫我?|姓名[是:：]?|联系人[是:：]?|名字[是叫:：]?)")
#: What names a part of the address, so that a number beside it is its correction.
DOOR_WORDS = re.compile(r"门牌|房号|房间号|楼号|几[栋幢楼]|单元|[栋幢座室]|号楼|楼层|\d[楼层]")
DOOR_NUMBERS = re.compile(r"\d{1,4}\s*(栋|幢|座|号楼|单元|室|房)?")
CLAUSE_ENDS = re.compile(r"[，,。；;！!\n]+|(?<!\d)\s+|\s+(?!\d)")
#: A number that is named so that it is not called: 我自己的号…不用打.
UNWANTED_PHONE = re.compile(r"(不用|不要|[别甭莫勿])(再)?(打|联系|留|用|写)|停机|空号|打不通|作废|没人接|(?<!不)(停|弃)用|以前的|老号码?")
#: Which last figures of a number are wrong, and what they are.
LAST_FIGURES = re.compile(
    r"(最后|末尾|尾数|尾号)的?([一两二三四1-4]?个?位|那[位个几]位?|数字?|号码?)?(写|打|输)?(错了?|不对)?"
    r"[了，, ]*(是|应该是|改成|改为)(?P<figures>\d{1,4})(?!\d)"
)
_DOOR_PART = r"\d{1,4}\s*(?P<part>栋|幢|座|号楼|单元|楼|室|号|弄)"
#: 6栋，哦不对，是9栋.
DOOR_SLIP = re.compile(rf"{_DOOR_PART}[，,。 ]*[哦噢啊呃额嗯]*[，, ]*(?:不对|错了|[说写打]错了?)[了，,。 ]*(?:应该)?是?(\d{{1,4}}\s*(?P=part))")
DOOR_AGAIN = re.compile(r"(\d{1,4}\s*(?:栋|幢|座|号楼|单元|楼|室|号|弄))[，, ]+\1")
#: What a display shows, said in answer to another question: 屏上那个码是E2.
SHOWN = re.compile(r"(故障|错误|那个)?代?码(是|为|叫|显示)|显示|屏[幕上]|面板|报[警错]?[A-Za-z]")
#: What happens of itself is said with its 了: 自己就关了.
WENT_OFF = re.compile(r"([就又会]|自己|自动|突然)[关停灭断掉爆裂死]$")
#: Words of somebody who is fed up.
ANGER = re.compile(
    r"气死|烦死|垃圾|什么(玩意|破)|破(机器|东西|空调|冰箱|洗衣机|电视|热水器)|坑人|受够|忍无可忍|太差|又(坏|出问题|不行)了|第[二三四五2345两几]次"
    r"|才[修买用].{0,6}就|投诉|无语|服了")
SHORT_NAME = re.compile(r"(?!(.)\1\1)[\u4e00-\u9fff]{1,4}")
#: What a few characters say that are the answer to the question for the name, but no name.
NO_NAME = re.compile(
    r"[不没别哪谁啥吗呢么咋怎您你他她它们的了嗯哦噢嘛呗]|哈哈|呵呵|凭什|干嘛|人工|客服|转接|进度|工单|订单|投诉|差评|取消|撤销|退出|退款|结束|停止|报修|预约"
    r"|派[人单]|师傅|快[点些]|催|收费|价格|费用|多少|保修|发票|地址|电话|手机|号码|微信|姓名|名字|全名|大名|称呼|隐私|匿名|保密|注销|删除|菜单|帮助|谢谢|多谢|感谢"
    r"|再见|拜拜|早上好|晚上好|跳过|略过|省略|随[便意]|任意|同上|一样|同意|授权|继续|确认|确定|提交|无语|垃圾|骗|烦|滚|神经|等[等下一会]|稍等"
    r"|^(无|略|我|就?我自己|我本人|本人|自己|用户|客户|业主|先生|女士|小姐|太太|男|女|好|对|是|行|可以|那行|那就|好吧|就这样)$")
#: Characters of commands and of talk, which a name may have too: believed when it is said again.
RARELY_IN_NAMES = re.compile(r"[我改换急问说看给写填查找来去先再这无拍]|^那[个边些样么]|^房东$|^家里")
PLAUSIBLE_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z· ]{1,20}")
QUESTION = re.compile(
    r"[?？]|吗$|吗[，。！]|呢$|多少钱|怎么收费|收费|多久|几天能|为什么|能不能|可不可以|是不是|会不会|有没有人|怎么(办|弄|还|才)"
    r"|(?P<verb>[要用能会行收包送])不(?P=verb)|有没得|[能要会有收管包送][^，,。\s]{0,8}不(?=[啊呀哦咯]?([\s，,。！!]|$))")
NO = re.compile(r"^(不|不是|不对|错了?|有误|有错|不行|不可以|不正确|我?要?(修改|改一下|改)|先别提交)[^\d]{0,6}$")
PASS = re.compile(
    r"^(没有?(了|啊|呢|哦|照片|图片|视频|拍|图)*|无|跳过|不(知道|清楚|记得|晓得|懂|太清楚)了?|忘(记)?了?|记不(得|清|住)了?|没看(过|到)?|"
    r"不方便(拍|发)?|看不(到|见|清)|随便|略|不用了?|算了吧?|暂时没有|不发了?|没法拍)[。.！!~～ ]*$")
KEEP = re.compile(r"(不用|不|没有?|没啥|没什么)(要|需要)?(再)?(改|修改|改动|变)(的|了|动)*")
WAIT = re.compile(r"^(等(我)?(一下?|会儿?|一会儿?|下)|稍等(一下|片刻)?|等等|我(去)?(看|找|查|问|拍)(一?下|看|找)?(再说)?)[啊哈吧。.！!~～ ]*$")
NO_PHOTOS = re.compile(r"没(有|拍|法拍)?.{0,3}(照片|图片|图|视频)|(照片|图片|视频).{0,2}(没有|没拍)")
#: Said when photos are asked for: 先不发了, 懒得拍.
SHOWS_NONE = re.compile(r"不(想|用|方便|太方便)?(拍|上?传|发(?![光热电]))|懒得|[拍发传]不(了|成|来)")
NO_MODEL = re.compile(
    r"型号.{0,4}(不(知道|清楚|记得|晓得|懂|详)|没(看|记|注意|留意|写)|忘|看不|哪里?儿?(晓得|知道|记得)|[鬼谁](知道|晓得))"
    r"|(不(知道|清楚|记得)|没看|忘了|看不(到|清)).{0,5}型号")
#: Only somebody or something out of reach could say: 要问我妈, 东西在家里.
OUT_OF_REACH = re.compile(
    r"^我?(还|都|就)?(要|得)(先?(回去|回家|回头|打电话))*(问|看|找)(问|看|一?下)?[^，,。]{0,6}$|^(机器|东西|说明书|盒子|发票)?(都|放)?在家里?面?[了呢啊的]*$"
    r"|^我?人?(现在)?不在(家|身边|现场|跟前|旁边|那边)|^(都|也)?没(看|记|注意|留意)[了呢啊过]*$|^[鬼谁](知道|晓得)|^(我|这个?)?哪里?儿?(晓得|知道|记得)")
#: There is none, so that nobody is asked for it twice.
NO_DOOR = re.compile(r"没有?(具体|详细)?的?(门牌|房号|楼号|号牌|栋)|门牌号?(也)?没有|无门牌|没(钉|装)门牌")
#: Something the technician should know beforehand.
#: What the technician should know: how to get in, what to bring, whom to heed.
REMARK = re.compile(
    r"备注|([派叫让请找换]|安排|还是|还要)(来|个)?(上次|上回|之前|原来|同一|女|懂|会|有经验|技术好|手艺好).{0,6}师[傅父]|还是[\u4e00-\u9fff]{1,2}师[傅父]来"
    r"|(和|跟|给|让|叫|请|提醒|告诉|转告)师傅.{0,4}(说|带|注意|知道|准备|提前|一下|一声)|门铃|门禁|停(在|到)?(地下|地库)|[不没](让|法|能|好)停车?(?!止)"
    r"|带(一?[把个副架]|上|好)?(梯子|鞋套|手套|口罩)|[养有](了|着)?[一两]?[条只]?(大|小)?(狗|猫)|耳(朵)?(背|聋)"
    r"|(到了?|来了?|来之?前|上门前|上楼前?|过来)[^，,。]{0,4}(先|直接)(给我)?(打(个)?(电话|手机)|按门铃|敲门)"
)
REMARK_BEGINS = re.compile(r"^(麻烦|请|帮我|加个?|再)*备注(一下|下|里)?[是写：:，, ]*")
#: Whoever has tried already is not sent to try.
TRIED = re.compile(r"(重启|断电|试|检查|清洗|清理|插拔|换)过|(重启|断电|试)了(也|还|几次|好几次|一下|半天)|怎么(弄|试|按)都")
DOOR = re.compile(r"^\s*[\dA-Za-z一二三四五六七八九十]+\s*(栋|幢|座|号楼|单元|楼|室|号)[\w\-—号栋幢座楼单元层室户房 ]*$")
_GENERAL_TIME = r"(?<![\d天日号明今后周儿个这一二三四五六])(?:早上|上午|中午|下午|晚上|晚间|夜里|周末|双休日?|节假日|假期|过年|春节|国庆|工作日|平时)"
_AT_WORK = r"(?:有人|有师傅|上班|营业|值班|开门|服务|休息|放假|下班|接单|干活|来人)"
_ASKS = r"(?:吗|么|嘛|没有?|不(?=$|[，,。?？])|[?？])"
#: A question about the hours of service in general, which says nothing of this visit: 你们晚上能上门吗, 周末上门吗.
HOURS_QUESTION = re.compile(
    rf"{_GENERAL_TIME}(?:[^，,。；;!！?？\d点]{{0,4}}{_AT_WORK}[^，,。；;!！?？]{{0,3}}|(?:也|还|都)?上门(?:服务|维修|修)?){_ASKS}"
    rf"|(?:你们|您们|师傅们?|平时|公司){_GENERAL_TIME}[^，,。；;!！?？\d点]{{0,4}}(?:上门|来|修|过来|装)[^，,。；;!！?？]{{0,4}}{_ASKS}"
    rf"|(?:能不能|可不可以|是不是|会不会|有没有|能否){_GENERAL_TIME}(?:也|还|都)?(?:上门|{_AT_WORK})"
    rf"|{_GENERAL_TIME}[^，,。；;!！?？\d点]{{0,3}}(?:能不能|可不可以|是不是|会不会|有没有)(?:上门|人|师傅|{_AT_WORK})"
    rf"|(?:周|星期|礼拜)[一二三四五六日天]也?(?:上班|营业|有人值班|休息|放假)[^，,。；;!！?？]{{0,3}}{_ASKS}"
    r"|(?:早上|晚上|周末)?(?:最早|最晚|最迟)?(?:到)?几点(?:下班|上班|开门|关门|收工|营业|结束|休息)")
#: Said while something else is asked for, it need not be the wish for a time either: 晚上能来吗.
HOURS_ASIDE = re.compile(
    rf"{_GENERAL_TIME}[^，,。；;!！?？\d点]{{0,3}}(?:能|可以|会)[^，,。；;!！?？\d]{{0,6}}{_ASKS}|{_GENERAL_TIME}(?:可以|行|方便|来)[吗不][?？]?")
#: The visit comes with that of an open order: 时间跟刚才一样, and asked for the time 跟热水器一起.
SAME_TIME = re.compile(r"时间[^，,。；;]{0,4}(?:[跟和同与按照][^，,。；;]{1,6}(?:一样|相同|一致|[走来])|都?(?:一样|相同|不变|没变|照旧))")
TOGETHER = re.compile(r"[跟和同与随][^，,。；;]{1,8}一[起块道]")
#: 27号下午 is a day where no door is waited for, 27号楼 and 27号3栋 are none.
DAY_NUMBER = re.compile(
    r"^\s*(\d{1,2}|[一二三]?十?[一二三四五六七八九十])\s*[号日](?!\s*(楼|院|门|店|铺|房|室|馆|[\dA-Za-z一二三四五六七八九十]{1,4}\s*(栋|幢|座|号楼|单元|楼|室)"
    r"|\d{3,4}(?![\d:：点])))")
STOP = re.compile(r"算了|不(报|修|弄|约|装|洗|要|想|登记|用)了|退出|取消|停(止|下)?|结束|先不|暂时不|拜拜|再说吧")
NAMED_FIELDS = (
    (re.compile(r"电话|手机|号码|联系方式"), "phone"),
    (re.compile(r"地址|住址|门牌|房号|楼号"), "address"),
    (re.compile(r"姓名|名字|联系人|称呼"), "contact_name"),
    (re.compile(r"时间|日期|上门"), "visit"),
    (re.compile(r"型号"), "model"),
    (re.compile(r"品牌|牌子"), "brand"),
    (re.compile(r"故障|现象|毛病|问题"), "fault"),
    (re.compile(r"家电|电器|产品"), "appliance"),
    (re.compile(r"服务"), "service_type"),
)

#: A yes as voice input or a slip of the thumb writes it: 确人.
_YES_SOUNDS = {sounds.sound(words) for words in ("确认", "确定", "提交", "确认提交", "同意", "没问题", "可以")}


def says_yes_by_sound(text: str) -> bool:
    """Whether the words sound like a yes, whatever characters they are written with."""
    return sounds.sound(text.strip(" ，,。.！!")) in _YES_SOUNDS


def says_yes(turn: Turn) -> bool:
    """Whether a message is a yes by its words, thanks and impatience included."""
    return bool(YES.match(turn.text.strip())) or says_yes_by_sound(turn.text) or is_mannerly_yes(turn)
