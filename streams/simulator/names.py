"""Names: people who do not exist, for reporters, officers and units."""

from streams.simulator.draws import Draws

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN_FIRST = "建国晓志文明丽秀玉海春红永小光家德成佳思子雨欣美云天正"
_GIVEN_SECOND = "军华平芳强敏伟兰英杰涛勇静娟磊洋艳霞鹏飞辉玲宇浩琳波刚"


def name_of(draws: Draws) -> str:
    """A Chinese name of two or three characters, the same for the same person."""
    given = draws.pick("given name", _GIVEN_SECOND)
    if draws.happens("three characters", 0.7):
        given = draws.pick("middle name", _GIVEN_FIRST) + given
    return draws.pick("surname", _SURNAMES) + given
