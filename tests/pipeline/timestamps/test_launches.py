import re

import pytest

from media_catalog.pipeline.timestamps import launches


@pytest.mark.parametrize(
    ("make", "model", "year"),
    [
        ("Apple", "iPhone 13 Pro Max", 2021),
        ("Apple", "iPhone SE (2nd generation)", 2020),
        ("Apple", "iPhone", 2007),
        ("Google", "Pixel 6 Pro", 2021),
        ("samsung", "SM-G973F", 2019),
        ("SAMSUNG", "GT-I9300", 2012),
        ("Canon", "Canon EOS 5D Mark II", 2008),
        ("Canon", "Canon EOS 5D", 2005),
        ("Canon", "Canon EOS 300D DIGITAL", 2003),
        ("NIKON CORPORATION", "NIKON D70s", 2005),
        ("SONY", "ILCE-7M3", 2018),
        ("GoPro", "HERO4 Silver", 2014),
        ("Canon", "Canon DIGITAL IXUS 400", None),
        ("Nokia", "N8", None),
        (None, None, None),
        ("Apple", None, None),
    ],
)
def test_knows_when_a_camera_came_onto_the_market(make, model, year):
    assert launches.launch_year(make, model) == year


def test_no_row_is_hidden_by_another():
    rows = [(make, model) for make, model, _ in launches.LAUNCHES]

    assert len(set(rows)) == len(rows)
    assert all(make == make.lower() and model == model.lower() for make, model in rows)
    assert all(re.compile(model) and 1995 < year < 2026 for _, model, year in launches.LAUNCHES)
