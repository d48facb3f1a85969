"""What holds for every file that anybody could invent."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_catalog.pipeline.filename_dates import RULES, patterns
from media_catalog.pipeline.timestamps import decide, explain, own_claims, zones
from media_catalog.pipeline.timestamps.candidates import period_end
from media_catalog.pipeline.timestamps.confidence import RANKS, Confidence
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS
from media_catalog.pipeline.timestamps.decide import DatePolicy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
KEYS = sorted({key for tag in DATE_TAGS for key in (*tag.keys, *tag.times, *tag.offsets)})
WALL_CLOCKS = [
    "EXIF:ExifIFD:DateTimeOriginal",
    "EXIF:ExifIFD:CreateDate",
    "RIFF:DateTimeOriginal",
    "XMP:XMP-exif:DateTimeOriginal",
]
moments = st.datetimes(datetime(1990, 1, 2), datetime(2026, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
offsets = st.sampled_from(sorted(zones.REAL_OFFSETS))
texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789:-+TZ ./\0", max_size=30),
    moments.map(lambda moment: moment.strftime("%Y:%m:%d %H:%M:%S")),
)
tags = st.dictionaries(st.sampled_from(KEYS), st.one_of(texts, st.integers(), st.none()), max_size=8)
paths = st.one_of(
    st.text(max_size=40),
    st.sampled_from([rule.example for rule in RULES]),
    moments.map(lambda moment: moment.strftime("%Y/%Y-%m-%d Ski/IMG_%Y%m%d_%H%M%S.jpg")),
)
positions = st.one_of(st.none(), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
cameras = st.sampled_from([(None, None), ("Canon", "Canon EOS 7D"), ("Apple", "iPhone 13"), ("", "?")])
thorough = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decided(found, path="", *, zone="UTC", mtime_ns=0, **circumstances):
    claims = own_claims.of_file(path, tags=found, mtime_ns=mtime_ns)
    return decide.decide(claims, policy=DatePolicy(default_zone=zone, now=NOW), **circumstances)


@thorough
@given(tags, paths, ZONES, st.integers(-(2**63), 2**63 - 1), positions, cameras)
def test_every_file_gets_a_consistent_answer_and_none_raises(found, path, zone, mtime_ns, position, camera):
    date = decided(found, path, zone=zone, mtime_ns=mtime_ns, position=position, camera=camera)

    assert explain.sentence(date)
    assert len(explain.lines(date)) == len(date.verdicts)
    assert all(verdict.code and verdict.text for verdict in date.verdicts)
    assert sum(verdict.is_chosen for verdict in date.verdicts) == (date.local is not None)
    assert (date.confidence is Confidence.NONE) == (date.local is None)
    if date.local:
        assert date.local <= date.until <= date.local + timedelta(days=366 * 30)
        assert (date.instant is None) == (date.offset_minutes is None) == (date.offset_source is None)
        assert date.source not in {"file:mtime"} and not date.source.startswith("other:")
    if date.instant:
        assert date.instant == zones.to_instant(date.local, date.offset_minutes)


@thorough
@given(st.sampled_from(WALL_CLOCKS), moments, ZONES, positions, st.one_of(st.none(), offsets))
def test_a_wall_clock_is_never_shifted(key, moment, zone, position, offset):
    found = {key: moment.strftime("%Y:%m:%d %H:%M:%S")}
    if offset is not None:
        found["EXIF:ExifIFD:OffsetTimeOriginal"] = zones.offset_text(offset)

    date = decided(found, zone=zone, position=position)

    assert date.local in {moment, None}  # refused where it is the zero or the default of a clock


@thorough
@given(tags, paths, positions, cameras)
def test_the_assumed_zone_changes_nothing_but_how_an_instant_is_shown(found, path, position, camera):
    here, there = (
        decided(found, path, zone=zone, position=position, camera=camera) for zone in ("UTC", "Asia/Tokyo")
    )

    assert (here.source, here.confidence, here.precision, here.instant) == (
        there.source,
        there.confidence,
        there.precision,
        there.instant,
    )
    assert here.local == there.local or here.offset_source == there.offset_source == "assumed"


@thorough
@given(moments)
def test_a_day_month_or_year_is_never_told_as_a_time(moment):
    for path, precision in (
        (f"{moment:%Y-%m-%d} Ski/a.jpg", "day"),
        (f"IMG-{moment:%Y%m%d}-WA0001.jpg", "day"),
        (f"{moment:%Y/%m}/a.jpg", "month"),
        (f"Fotos/{moment:%Y}/a.jpg", "year"),
    ):
        date = decided({}, path)
        assert date.precision == precision
        assert (date.local.hour, date.local.minute, date.local.second) == (0, 0, 0)
        assert date.until == period_end(date.local, date.precision)
        assert date.local <= moment <= date.until
        assert date.confidence is RANKS[0]


@thorough
@given(moments)
def test_a_users_pattern_reads_back_what_it_wrote(moment):
    pattern = "Bild %Y-%m-%d um %H-%M-%S *"
    rules = patterns.compiled(pattern)
    name = moment.strftime("Bild %Y-%m-%d um %H-%M-%S Oma.jpg")

    claims = own_claims.of_file(name, tags={}, mtime_ns=0, patterns=rules)

    assert (claims[0].source, claims[0].local) == ("name:own", moment)
