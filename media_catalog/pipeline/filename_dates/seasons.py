"""Seasons by name in the languages of Europe, and the month that each begins with north of the equator."""

SEASON_NAMES = {
    3: "spring frühling frühjahr fruehling fruehjahr printemps primavera voorjaar lente wiosna jaro vår "
    "forår kevät tavasz ilkbahar весна",
    6: "summer sommer été estate verano verão verao zomer lato léto sommar kesä nyár yaz лето літо",
    9: "autumn fall herbst automne autunno otoño otono outono herfst jesień podzim höst efterår syksy ősz "
    "sonbahar осень осінь",
    12: "winter hiver inverno invierno zima vinter talvi tél kış зима",  # noqa: RUF001 (Turkish)
}
SEASONS = {word: month for month, words in SEASON_NAMES.items() for word in words.split()}
WINTER = 12
