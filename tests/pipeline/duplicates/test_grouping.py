import hashlib
import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.duplicates import decide, grouping, keeper
from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.grouping import Rules, separation
from media_catalog.pipeline.duplicates.units import Kind, Unit
from tests.pipeline.duplicates.units import taken, unit
from tests.pipeline.look import shots

NEAR, EDITED = 4, 9  # how far apart two numbers may be


def number_unit(identity, value, size=0):
    """Describe a file whose look is a number."""
    sha256 = f"{value:064x}"
    return Unit(
        id=identity, sha256=hashlib.sha256(f"{identity}".encode()).hexdigest(), name=sha256, size_bytes=size
    )


def relate_numbers(one, other):
    gap = abs(int(one.name, 16) - int(other.name, 16))
    kind = Kind.NEAR if gap <= NEAR else Kind.EDITED if gap <= EDITED else None
    return kind and Relation(kind=kind, reasons=(), distance=gap)


def rules(separated=frozenset()):
    return Rules(relate=relate_numbers, rank=keeper.key, separated=separated)


def ids(groups):
    return [(found.kind, found.keeper.id, [member.unit.id for member in found.members]) for found in groups]


files = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), min_size=1, max_size=25).map(
    lambda rows: [number_unit(place, value, size) for place, (value, size) in enumerate(rows)]
)


@given(files, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_order(some, dice):
    shuffled = list(some)
    dice.shuffle(shuffled)
    assert ids(grouping.group(some, rules())) == ids(grouping.group(shuffled, rules()))


@given(files)
def test_every_member_is_close_to_its_keeper(some):
    for found in grouping.group(some, rules()):
        for member in found.members:
            assert relate_numbers(found.keeper, member.unit).kind is found.kind
            assert member.relation == relate_numbers(found.keeper, member.unit)


@given(files)
def test_a_unit_is_in_one_group_of_a_kind_and_a_member_of_one_in_all(some):
    groups = list(grouping.group(some, rules()))
    members = [member.unit.id for found in groups for member in found.members]
    assert len(members) == len(set(members))
    for kind in (Kind.NEAR, Kind.EDITED):
        of_kind = [found for found in groups if found.kind is kind]
        everybody = [
            one for found in of_kind for one in (found.keeper.id, *(m.unit.id for m in found.members))
        ]
        assert len(everybody) == len(set(everybody))


@given(files, st.data())
def test_what_a_person_has_separated_is_never_in_one_group(some, data):
    pairs = [(one, other) for one, other in combinations(some, 2) if relate_numbers(one, other)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    separated = {separation(one.sha256, other.sha256) for one, other in chosen}
    for found in grouping.group(some, rules(separated)):
        together = [found.keeper, *(member.unit for member in found.members)]
        for one, other in combinations(together, 2):
            assert separation(one.sha256, other.sha256) not in separated


@given(files, files)
def test_adding_files_never_joins_what_a_person_has_separated(some, more):
    added = [number_unit(1000 + place, int(one.name, 16), one.size_bytes) for place, one in enumerate(more)]
    first = list(grouping.group(some, rules()))
    apart = {separation(one.keeper.sha256, other.keeper.sha256) for one, other in combinations(first, 2)}
    keepers = {found.keeper.id for found in first}
    for found in grouping.group([*some, *added], rules(apart)):
        together = {found.keeper.id, *(member.unit.id for member in found.members)}
        assert len(together & keepers) <= 1


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_components_do_not_depend_on_the_order_of_pairs(pairs, dice):
    shuffled = [pair if dice.random() < 0.5 else pair[::-1] for pair in pairs]
    dice.shuffle(shuffled)
    assert grouping.components(pairs) == grouping.components(shuffled)


def test_joins_pairs_into_components():
    assert grouping.components([(3, 4), (1, 2), (4, 9), (2, 1)]) == [[1, 2], [3, 4, 9]]
    assert grouping.components([]) == []


def test_makes_no_chain():
    chain = [number_unit(place, 4 * place) for place in range(16)]
    for found in grouping.group(chain, rules()):
        values = [int(found.keeper.name, 16), *(int(member.unit.name, 16) for member in found.members)]
        assert max(abs(values[0] - value) for value in values) <= EDITED


def test_gives_a_member_to_the_nearest_keeper():
    far, near, between = number_unit(1, 0, size=9), number_unit(2, 6, size=8), number_unit(3, 4, size=1)
    assert ids(grouping.group([far, near, between], rules()))[0] == (Kind.NEAR, 2, [3])


def test_does_not_ask_twice_about_a_pair():
    asked = []

    def relate(one, other):
        asked.append(frozenset((one.id, other.id)))
        return relate_numbers(one, other)

    some = [number_unit(place, random.Random(place).randrange(40)) for place in range(30)]
    list(grouping.group(some, Rules(relate=relate, rank=keeper.key)))
    assert len(asked) == len(set(asked))


def test_groups_real_pictures_by_their_looks():
    shot, other = shots.photograph(1), shots.photograph(2)
    original = unit(1, shot, **taken(0.1, has_subseconds=True), name="IMG_1000.JPG")
    small = unit(2, shots.scaled(shot, 0.5), name="IMG-20190504-WA0001.jpg")
    twin = unit(3, shots.scaled(shot, 0.5), name="b.jpg", sha256=small.sha256, place=b"/b.jpg")
    grey = unit(4, shots.EDITS["grey"](shot), name="grey.jpg")
    next_shot = unit(5, shots.moved(shot, 2), **taken(0.9, has_subseconds=True), name="IMG_1001.JPG")
    stranger = unit(6, other)
    everything = [stranger, grey, next_shot, twin, small, original]
    found = ids(grouping.group(everything, Rules(relate=decide.relate, rank=keeper.key)))
    assert found == [
        (Kind.IDENTICAL, 3, [2]),
        (Kind.NEAR, 1, [3]),
        (Kind.EDITED, 1, [4]),
        (Kind.BURST, 1, [5]),
    ]
