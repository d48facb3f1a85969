from media_catalog.pipeline.sidecars import facts
from media_catalog.pipeline.sidecars.facts import Facts, Position


def test_the_most_trusted_speaks_first_and_lists_are_put_together():
    merged = facts.merge(
        [
            Facts(description="By hand", keywords=("a", "b"), rating=0),
            Facts(description="By Google", keywords=("b", "c"), rating=5, people=("Oma",)),
            Facts(position=Position(1.0, 2.0, None), is_favourite=True),
        ]
    )

    assert (merged.description, merged.keywords, merged.rating) == ("By hand", ("a", "b", "c"), 0)
    assert (merged.people, merged.position, merged.is_favourite) == (("Oma",), (1.0, 2.0, None), True)


def test_nothing_put_together_is_nothing():
    assert facts.merge([]) == Facts()
