import pytest

from slugify import slugify


def test_words_are_joined():
    assert slugify("Hello, World") == "hello-world"
    assert type(slugify("Hello")) is str


def test_no_hyphen_at_the_ends():
    slug = slugify("  --Hi there!--  ")
    assert slug == "hi-there"
    assert not slug.startswith("-") and not slug.endswith("-")


def test_runs_become_one_hyphen():
    assert "--" not in slugify("a -- b")


def test_only_punctuation_is_empty():
    assert slugify("?!") == ""


def test_other_types_raise():
    with pytest.raises(TypeError):
        slugify(7)
