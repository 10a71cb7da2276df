"""Word lists of the offline model: function words of some languages, and English words that mean the like."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


LANGUAGE_HINTS: dict[str, frozenset[str]] = {
    "english": words_of(
        """
        the of and to in is that it for was with as be on by this are have from or an not which their
        were but has had they what there been if will would who when where how does did do
        """
    ),
    "german": words_of(
        """
        der die das und ist nicht ein eine einen einem einer den dem des mit sich auf für auch von zu im
        wird werden sind war wie wer wann wo was welche welcher welches als aus bei nach oder hat haben
        wurde durch über woher wohin warum weshalb wieso
        """
    ),
    "french": words_of(
        """
        le la les des est une un et dans que qui pour pas sur avec par ce cette sont du au aux il elle
        ils nous vous ne se plus ou mais été était quand où quel quelle quels quelles comment leur ses
        son
        """
    ),
    "spanish": words_of(
        """
        el la los las de que y en un una es por con para como más pero sus le ha o su se del al lo está
        son fue era cuando dónde quién qué cuál cómo también entre hasta desde
        """
    ),
    "italian": words_of(
        """
        il lo la gli le di che e è un una per con non sono come più ma da nel della delle dei degli al
        alla si ha quando dove chi quale quali anche questo questa fu era
        """
    ),
    "portuguese": words_of(
        """
        o os as de que e em um uma é por com para como mais mas não se do da dos das ao à foi era quando
        onde quem qual quais também entre até seu sua são está
        """
    ),
    "dutch": words_of(
        """
        de het een en van is dat op te in voor met niet zijn er aan ook als maar om door wordt werd naar
        bij wat wie waar wanneer welke hoe dit deze heeft uit over
        """
    ),
    "swedish": words_of(
        """
        och att det som en på är av för med den till inte har om ett var jag men så vid från eller när
        vad vem hur vilka vilken blev skulle
        """
    ),
    "russian": words_of(
        """
        и в не на что с по это как из у за от но то для был была было были о же так его ее они мы вы к
        до когда где кто какой какая какие или при
        """
    ),
    "turkish": words_of(
        """
        ve bir bu için ile da de olarak çok daha en kaç hangi ne nerede kim gibi sonra kadar var yok
        olan mi mı
        """
    ),
}

_QUESTION_WORDS = words_of(
    """
        what which who whom whose when where why how many much often long is are was were do does did
        can could should would will shall may might must have has had be been being a an the this that
        these those there here it its they them their he she his her him we us our you your i me my of
        in on at to for from by with without about as into onto over under between among through during
        before after above if or and but not no nor than then so such any all each every some both
        either other another same one ones only very just also too please tell give list name find show
        explain describe say says said state states according text document documents context mention
        mentioned mentions per while via whether up out off again once more most few lot lots does doesn
        don didn isn aren s t got get gets let because until against down own
        """
)
# "own" and "state(s)" carry a subject more often than not.
STOP_WORDS = frozenset(
    (_QUESTION_WORDS - {"own", "state", "states"}).union(*(words for words in LANGUAGE_HINTS.values()))
)

WEAK_WORDS = words_of(
    """
        call called use used using need needed make made take taken come came go goes went put set thing
        things way ways kind kinds sort type types main important different certain general below happen
    happens happened occur occurs deal deals concern concerns concerning discuss discusses cover covers
    talk talks relate relates speak speaks
named first last new good work works place information detail
        details answer question exactly named contain contains include includes following main major key
        biggest was gibt wird werden mean means meaning meant difference differences
        """
)
"""Words that say little by themselves: they count for less."""

_FORMS = """
lead led; buy bought; sell sold; grow grew grown; lose lost; win won; rise rose risen; find found; pay paid;
build built; hold held; choose chose chosen; write wrote written; speak spoke spoken; teach taught; leave
left; meet met; send sent; fall fell fallen; break broke broken; steal stole stolen; drive drove driven; begin
began begun; give gave given; take took taken; come came; go went gone; see saw seen; know knew known; make
made; become became; bring brought; think thought; keep kept; stand stood; run ran; say said; tell told; shut
shut; wear wore worn; throw threw thrown; draw drew drawn; fly flew flown; eat ate eaten; drink drank drunk;
sing sang sung; swim swam swum; strike struck; spend spent; lend lent; catch caught; fight fought; seek
sought; man men; woman women; child children; person people; foot feet; tooth teeth; mouse mice
"""
IRREGULAR = {form: line.split()[0] for line in _FORMS.split(";") for form in line.split()[1:]}
"""English form -> the word it is a form of, where stemming does not tell."""

_GROUPS = """
own ownership owner owned belong
permission permissions mode chmod rights
revenue revenues sales turnover
profit profits earnings income margin
cost costs expense expenses price prices expenditure
risk risks threat threats hazard hazards danger exposure uncertainty
employee employees staff headcount workforce personnel
customer customers client clients buyer buyers
ceo chief-executive president
company firm corporation enterprise business
grow grew growth increase increased increases rise rose risen
decline declined decrease decreased decreases fall fell fallen drop dropped
heavy weigh weight
tall high height
long length
far distance
wide width
deep depth
expensive dear cost price
begin start
lead head manage direct run
end ended ends finish finished stop stopped
buy bought acquire acquired acquisition purchase purchased
sell sold sale
die died death dead
born birth birthday
author authors wrote written writer
create created creates founder founded established
goal goals aim aims objective objectives purpose
result results outcome outcomes finding findings
method methods approach approaches technique
problem problems issue issues difficulty difficulties
conffile conffiles configuration-file configuration-files
allow allowed permit permitted may
forbid forbidden prohibit prohibited must-not
require required requirement requirements mandatory must
recommend recommended recommendation should
delete deleted remove removed removal
error errors failure failures fail failed fails
fix fixed repair repaired
change changed changes modify modified modification
big large huge great
small little tiny
quick fast rapid speed
country countries nation nations
city cities town towns
job jobs work occupation profession
money cash funds
help assist support
show shows demonstrate demonstrated
dangerous harmful hazardous
"""


def _alike() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in _GROUPS.split("\n"):
        words = line.split()
        for word in words:
            table.setdefault(word, set()).update(other for other in words if other != word)
    return {word: frozenset(others) for word, others in table.items()}


ALIKE = _alike()
"""English word -> words that mean the like; they match at half weight."""
