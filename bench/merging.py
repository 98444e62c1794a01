"""How the time of merging grows with the number of claims.

Usage: python bench/merging.py [CLAIMS ...], e.g. python bench/merging.py 12500 25000 50000 100000

Claims are those of the stories in data/, repeated in made-up worlds until there are enough: in each the rare words,
numbers, names and bodies around a claim are others, and a seeded generator leaves some words out, so that a world has
the groups of the corpus and no act is told in two worlds.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.records.aliases import load_aliases
from coopclaims.records.merging.grouping import group_mentions
from coopclaims.records.merging.mention import Argument, Mention, mentions_of
from coopclaims.records.merging.views import background
from coopclaims.records.values import Normaliser
from coopclaims.schema import LANGUAGES

SEED = 20
KEPT_WORDS = 0.9


def main() -> None:
    """Print a line a number of claims."""
    passages = read_corpus(["data"])
    begin = time.process_time()
    normaliser = Normaliser(load_aliases())
    for lang in LANGUAGES:
        normaliser.add_values(next(passage for passage in passages if passage.lang == lang and passage.claims))
    tables = time.process_time() - begin
    begin = time.process_time()
    for passage in passages:
        normaliser.add_values(passage)
    claims = sum(len(passage.claims) for passage in passages)
    print(
        f"values of {claims} claims: {time.process_time() - begin:.1f} s of CPU, "
        f"{(time.process_time() - begin) / claims * 10_000:.1f} s for 10,000; tables {tables:.1f} s once"
    )
    begin = time.process_time()
    mentions = [mention for passage in passages for mention in mentions_of(passage)]
    print(f"contexts: {(time.process_time() - begin) / len(mentions) * 10_000:.1f} s of CPU for 10,000 claims")
    stories = {passage.id for passage in passages if passage.extra.get("story")}
    corpus = [mention for mention in mentions if mention.passage in stories]
    for count in map(int, sys.argv[1:] or ["12500", "25000", "50000", "100000"]):
        mentions = list(islice(_worlds(corpus), count))
        begin = time.process_time()
        groups = group_mentions(mentions)
        seconds = time.process_time() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{count} claims: {len(groups)} records, {seconds:.0f} s of CPU, "
            f"{seconds / count * 1000:.2f} s for 1,000, {memory:.1f} GiB at most",
            flush=True,
        )


def _worlds(corpus: list[Mention]) -> Iterator[Mention]:
    chance, world = random.Random(SEED), 0
    while True:
        for mention in corpus:
            yield _moved(mention, world, chance)
        world += 1


def _moved(mention: Mention, world: int, chance: random.Random) -> Mention:
    context = tuple(sorted(_key(key, world) for key in mention.context if chance.random() < KEPT_WORDS))
    arguments = tuple(_argument(argument, world) for argument in mention.arguments)
    names = {"document": f"{mention.document}-{world}", "passage": f"{mention.passage}-{world}"}
    return replace(mention, **names, context=context, arguments=arguments)


def _key(key: str, world: int) -> str:
    return key if key in background()["context"] or key.startswith("@") else f"{key}{'x' * world}"


def _argument(argument: Argument, world: int) -> Argument:
    if argument.label != "PARTY" or argument.value is None:
        return argument
    entity = argument.value["entity"]
    value = {**argument.value, "entity": entity and _key(f"&{entity}", world)[1:]}
    quote = " ".join(word + "x" * world if word[:1].isupper() else word for word in argument.quote.split())
    return replace(argument, quote=quote, value=value)


if __name__ == "__main__":
    main()
