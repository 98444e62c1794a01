from coopclaims.corpus.unique_ids import UniqueIds


def test_every_id_is_given_out_once():
    ids = UniqueIds()
    asked = ["x", "x", "x#2", "x", "y", "", "", "a\0b", "a", "Huế", "Huế"] * 3
    given = [ids.take(name) for name in asked]
    assert len(set(given)) == len(given)
    assert given[:5] == ["x", "x#2", "x#2#2", "x#3", "y"]


def test_many_equal_ids_all_become_different():
    ids = UniqueIds()
    given = {ids.take("same") for _ in range(20_000)}
    assert len(given) == 20_000
