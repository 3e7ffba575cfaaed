"""Naming: where a text says somebody's name right after a word that says whose it is, for `workflows.masking`.

For: 报警人张三, 联系人：欧阳明, 姓名 阿依古丽·买买提. Must never enter: names that stand by themselves, which no list
of surnames tells from other words. The lists are ours and err towards hiding; figures and times are part of no name.
"""

import re
from collections.abc import Iterator

_TELLERS = (
    "报警人|报案人|求助人|求救人|联系人|联络人|报告人|上报人|反映人|举报人|投诉人|来电人|报料人|当事人|知情人|"
    "姓名|名字叫|名叫|本人叫|我叫|户主|车主|机主|负责人|家属|经办人|接报人|值班人"
)
_OTHERS = (
    "司机|驾驶员|死者|伤者|患者|病人|失踪者|被困者|遇难者|嫌疑人|网格员|目击者|群众|居民|村民|业主|老人|学生"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任卢姚沈钟姜崔谭"
    "陆汪范廖石贾夏韦付傅邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤庞樊殷施洪翟颜倪芦邢岳齐梅"
    "庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项裴席卫屈鲍霍翁隋柴甘阮柯蓝桂闵解冉骆冀符滕艾尤裘柳葛窦章"
)
# These begin everyday words, too, so that they are a name only with a colon before or an end behind.
_DOUBTFUL = (
    "于向和从时方后都高金常安平温车路成白万单游易文古申代景边水全应喻明强占来乐包连危师经曲容华宁康穆简戚"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|南宫|长孙|宇文|轩辕"
_HAN = "一-鿿"
_COUNTING = "一二三四五六七八九十百千万两几多"
_MEASURE = "人名个位楼层点时分号元米公辆栋户台件处起头只吨亩岁天日月年级"
# What may not be a character of a given name here: grammar, and verbs that follow a name.
_STOP = (
    "的了着过在是有被把将从向到为以于对因并而或但也都还又就已称说报讲反表打拨住现正去来与及电手联系等某先女同"
)
_GIVEN = rf"(?:(?![{_STOP}])(?![{_COUNTING}][{_MEASURE}{_COUNTING}])[{_HAN}])"
_END = rf"(?=$|[^{_HAN}]|[称说报讲表住在被已和与及现男女]|反映|电话|手机|联系|拨打)"
_COLON = r"[ \t]*[::：][ \t]*"

# Looked at first: of most positions one character says that none of the words above begins there.
_BEGINS = f"(?=[{''.join(sorted({word[0] for word in f'{_TELLERS}|{_OTHERS}'.split('|')}))}])"
_SURELY = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
_PERHAPS = rf"(?:{_COMPOUND}|[{_SURNAMES}{_DOUBTFUL}])"
# The group is what a name shows beside its first character: hidden whole. The shortest that comes to an end goes first.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BEGINS}(?:{_TELLERS}|{_OTHERS}){_COLON}(?![某该不无未暂{_COUNTING}])[{_HAN}]([{_HAN}·•]{{1,14}}?)(?=$|[^{_HAN}·•])",
        rf"{_BEGINS}(?:{_TELLERS}|{_OTHERS}){_COLON}{_PERHAPS}({_GIVEN}{{1,2}})",
        rf"{_BEGINS}(?:{_TELLERS}|{_OTHERS})[ \t]*[是叫为]?{_PERHAPS}({_GIVEN}{{1,2}}?){_END}",
        rf"{_BEGINS}(?:{_TELLERS})[ \t]*[是叫为]?{_SURELY}({_GIVEN}{{1,2}})",
    )
)
_LONGEST_WITHOUT_POINT = 3


def names_in(text: str) -> Iterator[int]:
    """The positions of the characters that a name has after its first; each word is looked at once."""
    taken: set[int] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(1)
            is_too_long = end - start > _LONGEST_WITHOUT_POINT and not re.search("[·•]", match.group(1))
            if match.start() in taken or is_too_long:
                continue
            taken.add(match.start())
            yield from (position for position in range(start, end) if text[position] not in "·•")
