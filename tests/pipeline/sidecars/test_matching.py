"""Names as Google Takeout makes them; most were reported by people, the rest are made like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.sidecars import matching
from media_catalog.pipeline.sidecars.matching import Medium, Rule
from media_catalog.pipeline.sidecars.takeout_index import Json

WEDDING = "Backyard_ceremony_wedding_photography_garden_magnolia-371.jpg"
EMOJI = "😀😃😄😁😆😅😂🤣🥲😊😇🙂🙃😉😌😍🥰😘😗😙😚😋"  # 22 characters, 44 in UTF-16
LETTERS = "abcdefghijabcdefghijabcdefghijabcdefghijabc"  # 43


def found(media: dict[str, str] | list[str], jsons: dict[str, str | None]) -> dict[str, str]:
    """Match files of one folder; JSON names go to their titles. Return the JSON of each medium."""
    return {medium: json for medium, (json, _) in detailed(list(media), jsons).items()}


def detailed(media: list[str], jsons: dict[str, str | None], folders=None) -> dict[str, tuple[str, Rule]]:
    folders = folders or {}
    matches = matching.match(
        [
            Medium(key=key, folder=folders.get(name, "a"), name=name.encode())
            for key, name in enumerate(media)
        ],
        [
            Json(key=key, folder=folders.get(name, "a"), name=name.encode(), title=title)
            for key, (name, title) in enumerate(jsons.items())
        ],
    )
    names = list(jsons)
    return {media[one.medium]: (names[one.json], one.rule) for one in matches.found}


@pytest.mark.parametrize(
    ("medium", "json", "title", "rule"),
    [
        ("IMG_2710.HEIC", "IMG_2710.HEIC.json", "IMG_2710.HEIC", Rule.TITLE),
        ("DSC_0100.JPG", "DSC_0100.JPG.supplemental-metadata.json", "DSC_0100.JPG", Rule.TITLE),
        ("PXL_2021.MP~2.jpg", "PXL_2021.MP~2.jpg.json", "PXL_2021.MP~2.jpg", Rule.TITLE),
        ("Tom _ Jerry_s.jpg", "Tom _ Jerry_s.jpg.json", "Tom &amp; Jerry&#39;s.jpg", Rule.TITLE),
        ("27_06_12 - 1.jpg", "27_06_12 - 1.jpg.json", "27/06/12 - 1.jpg", Rule.TITLE),
        ("50_ off_.jpg", "50_ off_.jpg.json", "50% off?.jpg", Rule.TITLE),
        ("Cafe\u0301.jpg", "Caf\u00e9.jpg.json", "Caf\u00e9.jpg", Rule.TITLE),
        ("IMG_1.jpg", "IMG_1.JPG.json", "IMG_1.JPG", Rule.TITLE),
        ("Urlaub (38).JPG", "Urlaub (38).JPG.json", "Urlaub (38).JPG", Rule.TITLE),
        # what a broken JSON is called is all that is known of it
        ("IMG_1.jpg", "IMG_1.jpg.json", None, Rule.NAME),
        ("IMG_1.jpg", "IMG_1.jpg.suppl.json", None, Rule.NAME),
        ("IMG_1.jpg", "IMG_1.jpg..json", None, Rule.NAME),
        ("DSC_0101(1).JPG", "DSC_0101.JPG(1).json", "DSC_0101.JPG", Rule.COUNTER),
        ("Scan35(2).jpg", "Scan35.jpg.supplemental-metadata(2).json", "Scan35.jpg", Rule.COUNTER),
        ("Urlaub (38)(1).jpg", "Urlaub (38).jpg(1).json", "Urlaub (38).jpg", Rule.COUNTER),
        ("IMG_1(1).jpg", "IMG_1(1).jpg.json", "IMG_1.jpg", Rule.COUNTER),  # not moved
        ("DSC_0101(1).JPG", "DSC_0101.JPG(1).json", None, Rule.COUNTER),
        (WEDDING[:47] + ".jpg", WEDDING[:46] + ".json", WEDDING, Rule.CLIPPED),
        (WEDDING[:47] + "(494).jpg", WEDDING[:46] + "(494).json", WEDDING, Rule.CLIPPED),
        (WEDDING[:47] + "(494).jpg", WEDDING[:46] + "(494).json", None, Rule.CLIPPED),
        (EMOJI + "😛😛.jpg", EMOJI + "😛.json", None, Rule.CLIPPED),
        (EMOJI + "😛😛.jpg", EMOJI + "😛.json", EMOJI + "😛😛😛😛.jpg", Rule.CLIPPED),
        (
            "13039_327707840323_537645323_9470255_27214_n(1).jpg",
            "13039_327707840323_537645323_9470255_27214_n.j(1).json",
            None,
            Rule.CLIPPED,
        ),
        (
            "Urlaub in Knaufspesch in der Schneifel (38).JPG",
            "Urlaub in Knaufspesch in der Schneifel (38).JP.json",
            None,
            Rule.CLIPPED,
        ),
        ("20030616.jpg", "20030616.json", "20030616", Rule.NO_EXTENSION),
        ("Foto (3).jpg", "Foto (3).json", "Foto (3)", Rule.NO_EXTENSION),
        ("2013-12-23(1).jpg", "2013-12-23.supplemental-metadata(1).json", "2013-12-23", Rule.NO_EXTENSION),
        ("weird.jpg", "something else.json", "weird.jpg", Rule.STRANGE_TITLE),
        ("a-edited.jpg", "a.jpg.json", "a.jpg", Rule.EDITED),
        ("a-bearbeitet.jpg", "a.jpg.supplemental-metadata.json", "a.jpg", Rule.EDITED),
        ("a-modifie\u0301.jpg", "a.jpg.json", "a.jpg", Rule.EDITED),
        ("a-ha editado.jpg", "a.jpg.json", None, Rule.EDITED),
        ("a-編集済み.jpg", "a.jpg.json", "a.jpg", Rule.EDITED),
        ("a-EFFECTS.jpg", "a.jpg.json", "a.jpg", Rule.EDITED),
        ("a-edited(2).jpg", "a.jpg(2).json", "a.jpg", Rule.EDITED),
        ("a(2)-edited.jpg", "a.jpg(2).json", "a.jpg", Rule.EDITED),
        ("IMG_1-edited.jpg", "IMG_1.HEIC.json", "IMG_1.HEIC", Rule.EDITED),  # a JPEG once it is edited
        (LETTERS + "-edi.jpg", LETTERS + ".jp.json", LETTERS + ".jpg", Rule.EDITED),
        ("IMG_1.MP4", "IMG_1.HEIC.json", "IMG_1.HEIC", Rule.COMPANION),
        ("IMG_1(1).MOV", "IMG_1.HEIC.supplemental-metadata(1).json", "IMG_1.HEIC", Rule.COMPANION),
        ("IMG_1.mov", "IMG_1.JPG.json", "IMG_1.JPG", Rule.COMPANION),
        ("PXL_1.MP", "PXL_1.MP.jpg.json", "PXL_1.MP.jpg", Rule.COMPANION),
        ("PXL_1.MP~2", "PXL_1.MP~2.jpg.json", "PXL_1.MP~2.jpg", Rule.COMPANION),
        ("IMG_1.HEIC", "IMG_1.JPG.json", "IMG_1.JPG", Rule.COMPANION),
    ],
)
def test_finds_the_json_of_a_medium(medium, json, title, rule):
    assert detailed([medium], {json: title}) == {medium: (json, rule)}


@pytest.mark.parametrize(
    ("medium", "json", "title"),
    [
        ("PXL_1.jpg", "PXL_2.jpg.json", "PXL_2.jpg"),
        ("DSC_0103.JPG", "DSC_0103.JPG(1).json", "DSC_0103.JPG"),  # counters have to be equal
        ("DSC_0104(1).JPG", "DSC_0104.JPG.json", "DSC_0104.JPG"),
        ("DSC_0102(1).JPG", "DSC_0102.JPG(2).json", "DSC_0102.JPG"),
        (WEDDING[:47] + "(185).jpg", WEDDING[:46] + "(494).json", WEDDING),
        (WEDDING[:47] + "(185).jpg", WEDDING[:46] + ".json", None),
        (WEDDING[:46] + "x.jpg", WEDDING[:46] + ".json", WEDDING),  # the title says otherwise
        ("IMG_1.jpg", "IMG_1.MP4.json", "IMG_1.MP4"),  # a video's JSON says nothing of a still
        ("IMG_1.png", "IMG_1.jpg.json", "IMG_1.jpg"),
        ("a-edited.jpg", "b.jpg.json", "b.jpg"),
        ("a-e.jpg", "a.jpg.json", "a.jpg"),  # too short to have been clipped
        ("IMG_12.jpg", "IMG_1.jpg.json", "IMG_1.jpg"),
    ],
)
def test_takes_none_rather_than_a_wrong_one(medium, json, title):
    assert detailed([medium], {json: title}) == {}


def test_an_edited_copy_and_a_video_share_the_json_of_their_original():
    media = ["IMG_1.HEIC", "IMG_1.MP4", "IMG_1-edited.jpg", "IMG_1(1).HEIC"]
    jsons = {"IMG_1.HEIC.json": "IMG_1.HEIC", "IMG_1.HEIC(1).json": "IMG_1.HEIC"}

    assert found(media, jsons) == {
        "IMG_1.HEIC": "IMG_1.HEIC.json",
        "IMG_1.MP4": "IMG_1.HEIC.json",
        "IMG_1-edited.jpg": "IMG_1.HEIC.json",
        "IMG_1(1).HEIC": "IMG_1.HEIC(1).json",
    }


def test_files_of_one_stem_with_a_json_each_are_no_live_photo():
    jsons = {"IMG_1.JPG.json": "IMG_1.JPG", "IMG_1.MP4.json": "IMG_1.MP4"}

    assert found(["IMG_1.JPG", "IMG_1.MP4"], jsons) == {
        "IMG_1.JPG": "IMG_1.JPG.json",
        "IMG_1.MP4": "IMG_1.MP4.json",
    }


def test_a_still_and_its_video_share_a_json_without_extension():
    assert detailed(["IMG_1.HEIC", "IMG_1.MP4"], {"IMG_1.json": "IMG_1"}) == {
        "IMG_1.HEIC": ("IMG_1.json", Rule.NO_EXTENSION),
        "IMG_1.MP4": ("IMG_1.json", Rule.COMPANION),
    }


def test_names_that_differ_by_case_alone_are_told_apart():
    jsons = {"a.jpg.json": "a.jpg", "a.JPG.json": "a.JPG"}

    assert found(["a.JPG", "a.jpg"], jsons) == {"a.JPG": "a.JPG.json", "a.jpg": "a.jpg.json"}


def test_the_title_decides_between_names_that_were_clipped_to_one():
    one, other = LETTERS + "defgh.jpg", LETTERS + "defxy.jpg"
    jsons = {one[:46] + ".json": one, one[:46] + "(1).json": other}

    assert found([one[:47] + ".jpg"], jsons) == {one[:47] + ".jpg": one[:46] + ".json"}


def test_two_that_fit_are_ambiguous():
    matches = matching.match(
        [Medium(key=7, folder="a", name=b"IMG_1.MP4")],
        [
            Json(key=1, folder="a", name=b"IMG_1.HEIC.json", title="IMG_1.HEIC"),
            Json(key=2, folder="a", name=b"IMG_1.JPG.json", title="IMG_1.JPG"),
        ],
    )

    assert (matches.found, matches.ambiguous) == ((), {1: (7,), 2: (7,)})


def test_a_json_that_fits_two_media_is_ambiguous():
    matches = matching.match(
        [Medium(key=1, folder="a", name=b"IMG_1.jpg"), Medium(key=2, folder="a", name=b"IMG_1.png")],
        [Json(key=9, folder="a", name=b"IMG_1.json", title="IMG_1")],
    )

    assert (matches.found, matches.ambiguous) == ((), {9: (1, 2)})


def test_a_json_of_an_old_and_a_new_export_that_say_the_same_are_one():
    jsons = [
        Json(key=1, folder="a", name=b"a.jpg.json", title="a.jpg", moment="1614740583"),
        Json(key=2, folder="a", name=b"a.jpg.supplemental-metadata.json", title="a.jpg", moment="1614740583"),
    ]

    matches = matching.match([Medium(key=7, folder="a", name=b"a.jpg")], jsons)

    assert [(one.medium, one.json) for one in matches.found] == [(7, 1)]


def test_a_json_may_lie_in_another_part_of_the_export():
    folders = {"a.jpg": "part 1", "a.jpg.json": "part 2"}

    assert detailed(["a.jpg"], {"a.jpg.json": "a.jpg"}, folders)["a.jpg"] == ("a.jpg.json", Rule.TITLE)


def test_a_json_of_the_same_folder_goes_before_one_of_another_part():
    matches = matching.match(
        [Medium(key=1, folder="x", name=b"a.jpg"), Medium(key=2, folder="y", name=b"a.jpg")],
        [
            Json(key=8, folder="y", name=b"a.jpg.json", title="a.jpg"),
            Json(key=9, folder="x", name=b"a.jpg.json", title="a.jpg"),
        ],
    )

    assert {(one.medium, one.json) for one in matches.found} == {(1, 9), (2, 8)}


def test_a_medium_of_another_part_does_not_take_what_has_an_owner():
    matches = matching.match(
        [Medium(key=1, folder="x", name=b"a.jpg"), Medium(key=2, folder="y", name=b"a.jpg")],
        [Json(key=9, folder="y", name=b"a.jpg.json", title="a.jpg")],
    )

    assert [(one.medium, one.json) for one in matches.found] == [(2, 9)]


names = st.text(st.sampled_from("ab1(). -~_é😀MPJGjpgedit"), min_size=1, max_size=60)


@given(st.lists(names, max_size=6, unique=True), st.lists(st.tuples(names, st.none() | names), max_size=6))
def test_no_medium_gets_two_and_no_name_raises(media, jsons):
    matches = matching.match(
        [Medium(key=key, folder="a", name=name.encode()) for key, name in enumerate(media)],
        [
            Json(key=key, folder="a", name=f"{name}.json".encode(), title=title)
            for key, (name, title) in enumerate(jsons)
        ],
    )

    matched = [one.medium for one in matches.found]
    assert len(matched) == len(set(matched))


@given(names)
def test_a_json_named_like_its_medium_is_always_found(name):
    medium = f"{name}.jpg"

    assert found([medium], {f"{medium}.json": None}) == {medium: f"{medium}.json"}
