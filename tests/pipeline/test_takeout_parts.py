from media_catalog.pipeline import takeout_parts


def test_puts_the_parts_of_exports_together_and_sees_what_is_missing():
    names = [
        "takeout-20240131T142030Z-004.zip",
        "takeout-20240131T142030Z-001.zip",
        "Takeout-20240131T142030Z-002 (1).ZIP",
        "takeout-20230101T000000Z-3-001.zip",
        "takeout-20220101T000000Z.zip",
        "holiday.zip",
        "takeout.zip",
    ]
    found = takeout_parts.exports(names)
    assert [(one.day, one.numbers, one.missing) for one in found] == [
        ("2022-01-01", (1,), ()),
        ("2023-01-01", (1,), ()),
        ("2024-01-31", (1, 2, 4), (3,)),
    ]
