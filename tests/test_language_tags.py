import pytest

from coopclaims.language_tags import reduced_tag


@pytest.mark.parametrize(
    ("tag", "reduced"),
    [
        *(("EN", "en"), ("en-US", "en"), ("de_AT", "de"), ("deu", "de"), ("GER", "de"), ("VI", "vi"), ("vie", "vi")),
        *(("fr-CA", "fr-CA"), ("German", "German"), ("und", "und"), ("", ""), (None, None)),
    ],
)
def test_tags_of_our_languages_are_reduced_and_others_stay(tag: str | None, reduced: str | None) -> None:
    assert reduced_tag(tag) == reduced
