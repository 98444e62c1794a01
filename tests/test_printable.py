import unicodedata

from coopclaims.printable import printable


def test_printable_keeps_letters_and_replaces_controls():
    text = unicodedata.normalize("NFD", "Cần Thơ 👩‍🔬 [x]\u200b")
    assert printable(text) == text
    assert printable("a\tb\r\nc\u2028d\x00\x7f\x9b\u2066") == "a b  c d" + "\N{REPLACEMENT CHARACTER}" * 4
