from media_catalog.management.stalls import STALLED_AFTER_S, STARTED_WITHIN_S, Look, StallWatch

LOOK_EVERY_S = 2
QUIET = {
    "has_signs": False,
    "has_waiting": False,
    "is_working": False,
    "is_jammed": False,
    "is_clogged": False,
}


def stalled_after(*facts, started=True, seconds=300):
    """Look again and again at the same; return after how many seconds that is a stall, `None` if never."""
    watch = StallWatch(at_s=0)
    if started:
        assert not watch.is_stalled(Look(**QUIET | {"has_signs": True}), at_s=0)
    look = Look(**QUIET | dict.fromkeys(facts, True))
    for at_s in range(LOOK_EVERY_S, seconds, LOOK_EVERY_S):
        if watch.is_stalled(look, at_s=at_s):
            return at_s
    return None


def test_work_that_waits_while_doorbells_lie_untaken_is_a_stall():
    assert stalled_after("has_waiting", "is_jammed") == STALLED_AFTER_S + LOOK_EVERY_S


def test_results_that_nobody_takes_are_a_stall():
    assert stalled_after("is_clogged") == STALLED_AFTER_S + LOOK_EVERY_S


def test_a_cluster_has_longer_to_start():
    assert stalled_after("has_waiting", "is_jammed", started=False) == STARTED_WITHIN_S + LOOK_EVERY_S


def test_nothing_to_do_is_no_stall():
    assert stalled_after() is None
    assert stalled_after("is_jammed") is None  # doorbells of jobs that are paused


def test_long_work_is_no_stall():
    assert stalled_after("has_waiting", "is_jammed", "is_clogged", "is_working") is None


def test_another_host_that_takes_everything_is_no_stall():
    assert stalled_after("has_waiting") is None


def test_short_work_that_no_look_meets_is_no_stall():
    assert stalled_after("has_waiting", "is_jammed", "has_signs") is None


def test_a_database_that_keeps_everybody_waiting_is_no_stall():
    watch = StallWatch(at_s=0)
    look = Look(**QUIET | {"has_waiting": True, "is_jammed": True})
    assert not watch.is_stalled(Look(**QUIET | {"has_signs": True}), at_s=0)
    for at_s in range(6, 300, 6):
        watch.uncertain(at_s=at_s)
        assert not watch.is_stalled(look, at_s=at_s)


def test_the_clock_starts_anew_with_the_cluster():
    watch = StallWatch(at_s=0)
    look = Look(**QUIET | {"has_waiting": True, "is_jammed": True})
    watch.is_stalled(Look(**QUIET | {"has_signs": True}), at_s=0)
    assert watch.is_stalled(look, at_s=STALLED_AFTER_S + 1)
    watch.restarted(at_s=STALLED_AFTER_S + 1)
    assert not watch.is_stalled(look, at_s=STALLED_AFTER_S + 30)
