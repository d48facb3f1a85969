import pytest

from media_catalog.pipeline import display


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (b"2019/IMG_1.jpg", "2019/IMG_1.jpg"),
        ("Größe 家族 👨\u200d👩\u200d👧.jpg".encode(), "Größe 家族 👨\u200d👩\u200d👧.jpg"),
        (b"caf\xe9.jpg", "caf\ufffd.jpg"),
        (b"two\nlines\x00\x7f.jpg", "two\u240alines\u2400\u2421.jpg"),
        ("\u202egpj.exe".encode(), "\ufffdgpj.exe"),
        (b"<img src=x>.jpg", "<img src=x>.jpg"),
    ],
)
def test_shows_paths_harmlessly(path, text):
    assert display.display_text(path) == text
