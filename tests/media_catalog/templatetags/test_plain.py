import pytest

from media_catalog.templatetags import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("Ünïcödé 写真 👨‍👩‍👧.jpg", "Ünïcödé 写真 👨‍👩‍👧.jpg"),
        ("a\x00b\x1b[31m\n\x7f", "a␀b␛[31m␊␡"),
        ("evil\u202egpj.exe", "evil\ufffdgpj.exe"),
        ("half \ud800 a pair", "half \ufffd\ufffd\ufffd a pair"),
        (17, "17"),
    ],
)
def test_shows_text_so_that_nothing_in_it_hides_or_reorders(text, shown):
    assert plain.visible(text) == shown


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0:01"), (42, "0:42"), (65.4, "1:05"), (3600, "1:00:00")]
)
def test_writes_the_length_of_a_video(seconds, text):
    assert plain.playing_time(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h 0 min"),
        (5400, "1 h 30 min"),
        (200_000, "2 days"),
    ],
)
def test_writes_a_span_as_roughly_as_it_matters(seconds, text):
    assert plain.span(seconds) == text
