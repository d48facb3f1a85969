"""Months by name in the languages of Europe: full words, inflected words and short forms."""

# January to December; en de fr es it pt nl pl cs hu sv da fi tr ru uk. Left out are "set", "out", "ago",
# "mag" and "gen", which are months to some and other words to many.
MONTH_NAMES = (
    "jan january januar jän jänner januari janv janvier ene enero gennaio janeiro stycznia styczeń "
    "leden ledna január tammikuu ocak январь января янв січня",
    "feb february februar februari févr février fevrier febrero febbraio fev fevereiro lutego luty únor "
    "února február helmikuu şubat февраль февраля фев лютого",
    "mar march mär märz maerz mrz mars marzo março marco mrt maart marca marzec březen března március "
    "marts maaliskuu mart март марта мар березня",
    "apr april avr avril abr abril aprile kwietnia kwiecień duben dubna április huhtikuu nisan апрель "
    "апреля апр квітня",
    "may mai maj mayo maggio maio mei maja květen května május toukokuu mayıs май мая травня",  # noqa: RUF001 (Turkish)
    "jun june juni juin junio giu giugno junho czerwca czerwiec červen června június kesäkuu haziran "
    "июнь июня июн червня",
    "jul july juli juil juillet julio lug luglio julho lipca lipiec červenec července július heinäkuu "
    "temmuz июль июля июл липня",
    "aug august août aout agosto augustus sierpnia sierpień srpen srpna augusztus augusti elokuu "
    "ağustos август августа авг серпня",
    "sep sept september septembre septiembre setiembre settembre setembro września wrzesień září "
    "szeptember syyskuu eylül сентябрь сентября сен вересня",
    "oct october okt oktober octobre octubre ottobre ott outubro października październik říjen října "
    "október lokakuu ekim октябрь октября окт жовтня",
    "nov november novembre noviembre novembro listopada listopad marraskuu kasım ноябрь ноября ноя листопада",  # noqa: RUF001 (Turkish)
    "dec december dez dezember déc décembre decembre dic diciembre dicembre dezembro grudnia grudzień "
    "prosinec prosince joulukuu aralık декабрь декабря дек грудня",  # noqa: RUF001 (Turkish)
)
MONTHS = {word: number for number, words in enumerate(MONTH_NAMES, start=1) for word in words.split()}
