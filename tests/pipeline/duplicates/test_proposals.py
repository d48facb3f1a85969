from media_catalog.pipeline.duplicates import proposals
from media_catalog.pipeline.look import frames
from tests.pipeline import pictures
from tests.pipeline.duplicates.units import taken, unit


def test_pairs_equal_contents_with_the_first():
    files = [unit(1, sha256="a"), unit(2, sha256="a"), unit(3, sha256="b", image_data_hash="p")]
    files += [unit(4, sha256="c", image_data_hash="p"), unit(5, sha256="d")]
    assert sorted(proposals.by_content(files)) == [(1, 2), (3, 4)]


def test_pairs_shots_of_one_camera_that_follow_each_other():
    files = [unit(n, **taken(after_s)) for n, after_s in enumerate((0, 1.5, 3, 60))]
    files += [
        unit(10, **taken(0.5, camera=("NIKON", "E775"))),
        unit(11, **taken(0.5, camera=("", ""))),
        unit(12),
    ]
    assert sorted(proposals.by_time(reversed(files))) == [(0, 1), (1, 2)]


def test_pairs_shots_by_the_identifier_of_a_series():
    files = [unit(1, burst_id="A"), unit(2, burst_id="A"), unit(3, burst_id="B"), unit(4)]
    assert list(proposals.by_time(files)) == [(1, 2)]


def test_pairs_each_shot_of_a_long_series_with_few_others():
    files = [unit(n, **taken(n / 1000)) for n in range(300)]
    assert len(list(proposals.by_time(files))) < 300 * proposals.MOST_IN_SERIES


def video(number, seeds, duration_s):
    looks = frames.frames_of([pictures.scene(seed) for seed in seeds])
    return unit(number, kind="video", duration_s=duration_s, frames=looks)


def test_pairs_videos_that_are_equally_long_and_look_alike():
    videos = [
        video(1, range(6), 10.0),
        video(2, range(6), 10.3),
        video(3, range(20, 26), 10.1),
        video(4, range(6), 14.0),
        video(5, (), 10.0),
        unit(6, kind="video"),
    ]
    assert list(proposals.by_length(videos)) == [(1, 2)]
    assert list(proposals.by_length([])) == []


def test_pairs_some_videos_as_a_search_among_all_does():
    lengths = [2.0, 2.3, 2.5, 2.6, 30.0, 30.5, 30.61, 31.2, 2.3, 30.0]
    videos = [video(number, range(6), length) for number, length in enumerate(lengths)]
    among_all = set(proposals.by_length(videos))
    assert len(among_all) > 10
    for some in ({0}, {4, 8}, {3, 5, 6}):
        found = list(proposals.by_length(videos, of=some))
        assert {(min(pair), max(pair)) for pair in found} == {
            (min(pair), max(pair)) for pair in among_all if some.intersection(pair)
        }
