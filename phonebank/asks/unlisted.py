"""Deeds and events that no list names, known by where they stand in a sentence (pure)."""

import re

_DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|today|tonight|tomorrow|tmrw|noon|{{-? ?ask|[0-9]"
    r"|(?:el |este |proximo )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|hoy|manana|a las? [0-9])"
)
_OWN = r"(?:the|a|an|our|this|that|my|another|tonight's|[a-z]+day's|[a-z]+'s|el|la|los|las|un|una|nuestr[oa]|est[ea])"
_NO_EVENT = (
    r"(?:fight|movement|cause|campaign|team|efforts?|struggle|resistance|community|family|list|conversation|coalition"
    r"|union|group|network|work|mission|crowd|future|change|front ?lines?|cause|rest|kind|way|lot|bit|few|time|hour"
    r"|vote|bill|election|deadline|primary|ballot|session|law|budget|senate|house|council|legislature|polls?|rent"
    r"|evict\w*|strike fund|weekend|week|month|year|minute|second|chance|causa|lucha|movimiento|equipo|campana"
    r"|things?|stuff|something|anything|libr\w+|park|halls?|church|office|center|courthouse|square|plaza|store|school|gym|street|avenue|way|place"
    r"|eleccion\w*|votacion|ley|plazo|primaria|boleta|fin|semana|mes|lista|verdad)"
)
_NOT_THINGS = (
    r"(?:the|a|an|el|la|los|las|de|del|por|para|con|you|u|us|me|we|i|it|that|this|there|they|he|she|at|on|in|to|for|with|by|from|next|if|or|and|so|what|who|how"
    r"|when|where|why|hi|hey|hello|thanks?|thank|please|pls|hola|gracias|soy|si|que|se|te|le|nos|lo|mi|su|tu)"
)
_THING = rf"(?!{_NOT_THINGS}\b)(?!{_DAY})[a-z][a-z'&-]*"
_THINGS = rf"(?:{_THING} ){{0,4}}?(?!{_NO_EVENT}\b)(?!{_DAY}){_THING}"
_ATTENDS = (
    r"(?:join(?:ing)?(?: us| me)?(?: at| for| in| on)?|com(?:e|ing) (?:out )?(?:to|for)|attend(?:ing)?|be (?:at|on|in)|make it to"
    r"|make(?= (?:the|our|tonight's|[a-z]+day's) )|show(?:ing)? up (?:to|at|for)|go(?:ing)? to|get(?:ting)? to|in for|help (?:us )?(?:out )?(?:with|at)|with us (?:at|for)"
    r"|be part of|take part in|participate in|us (?:at|for|in)|me (?:at|for|in)|at|for"
    r"|(?:ir|venir|llegar|asistir|unirte|unirse|sumarte|sumarse|vas|va|vienes|viene|acompanarnos|participar)(?: conmigo| con nosotros)? (?:al?|en)|al?|en)"
)
_ATTENDED = re.compile(
    rf" ?(?:{_ATTENDS} )(?:{_OWN} )?(?P<thing>{_THINGS})(?= (?:on |at |this |next )?{_DAY}| ?[,.?!(-]|$)"
)
_ROLE = re.compile(
    r" ?(?:come|be there|attend|join us|join|venir|vienes|viene|ir|vas) (?P<thing>(?:as|como) (?:a |an |our |the |un |una )?[a-z-]+)"
)
_NAMED = re.compile(rf" ?{_OWN} (?P<thing>{_THINGS})(?= (?:on |at |this |next )?{_DAY}| ?[,.?!(-]|$)")
_BECOMES = re.compile(
    r" ?be (?P<thing>(?:our|a|an|the|my) (?!part|guest|hero|voice|support|leader|champion|change|force|friend|good|great)[a-z-]+)"
)
_STATES = (
    r"(?:are|were|have|had|need|want|will|would|can|could|should|must|hope|know|knew|believe|won|lost|got|did|think|love|like"
    r"|see|saw|heard|just|all|really|only|also|never|always|still|ask|invite|do|don't|can't|deserve|demand|say|said|both|get"
    r"|met|spoke|talked|appreciate|expect|understand|stand|fight|care|support|believe|and|may|might|feel|count|look|talk)"
)
_MOODS = (
    r"(?:hoping|asking|looking|trying|wondering|calling|reaching|texting|fighting|counting|needing|getting|winning|losing"
    r"|thinking|facing|working|checking|writing|going|running|living|paying|feeling|waiting|talking|making sure|seeing|wanting)"
)
_HAPPENS = (
    r"(?:is|are|'s|starts?|begins?|meets?|leaves?|kicks? off|goes out|go out|runs?|opens?|happens|departs?|rolls?|shows? up"
    r"|will be|takes? place|es|son|empieza|comienza|sale|sera|inicia|arranca|se reune)"
)
_DONE_BY_US = re.compile(
    rf"\bwe(?:'re| are|'ll be| will be) (?P<a>(?!{_MOODS}\b)[a-z-]+ing\b[^.?!,]*)"
    rf"|\bwe(?:'ll| will)? (?!{_STATES}\b)(?P<b>[a-z-]+(?<!ed)\b[^.?!,]*)"
    r"|\b(?P<c>(?!(?:somos|est|ten|necesit|quer|pod|sab|v|h|esper|gan|busc|cont|cre|deb|agradec|ped|invit|viv)(?:amos|emos|imos)\b)"
    r"[a-z]+(?:amos|emos|imos)\b[^.?!,]*)"
)
_HELD = re.compile(
    rf"(?:^|[,:;.!-] |\b(?:so|and|y|hey|but|there's|there is|hay|{_OWN}) )(?:{_OWN} )?(?P<thing>{_THINGS}),? (?:{_HAPPENS} )?(?:on |at |this |next |from )?{_DAY}"
    rf"|\b{_OWN} (?P<thing2>{_THINGS})(?:'s| {_HAPPENS})\b"
)
_FUNCTION = (
    r"(?:this|that|these|those|the|a|an|our|your|my|his|her|their|its|it|i|we|you|u|they|he|she|there|here|if|when|while|as|and|but|so|or"
    r"|for|from|with|at|on|in|to|of|by|after|before|about|over|not|no|yes|just|only|also|thank|thanks|hi|hey|hello|what|who|how|why|where"
    r"|which|can|could|will|would|do|does|did|is|are|was|were|has|have|had|may|might|should|let|hope|want|need|know|think|remember|imagine|mark"
    r"|learn|check|see|look|visit|find|read|get|save|interested|reply|text|stop|paid|last|next|every|each|all|some|many|most|one|two|more|good|great|big|happy|sorry"
    r"|free|food|lunch|dinner|doors|volunteers|el|la|los|las|un|una|es|si|no|que|hay|se|te|le|nos|lo|de|en|por|con|para|muy|mas|gracias|hola|soy)"
)
_TOLD = re.compile(
    rf"(?:^|[,:;!-] )(?:please |pls |so |and |then )*(?P<verb>(?!{_FUNCTION}\b)(?!{_DAY})[a-z]+(?<!s)(?<!ing)(?<!ed)(?<!ly))"
    r"(?: (?:up|out|off|down|on|over))? (?:(?:the|a|an|el|la|los|las|un|una|your|our|my|some|those|these|two|three|four|five|six|ten|[0-9]+|[a-z]{3,}s|with|for) ?)"
)
_COME_AND = re.compile(
    rf"(?:^|[,:;!-] )(?:please |pls )?(?:come|go|help (?:us|me)) (?:and |out and )?(?P<verb>(?!{_FUNCTION}\b)(?!{_DAY})"
    r"(?!out\b|join\b|by\b|over\b|down\b|up\b)[a-z]+) (?:[a-z]+s|the|a|an|our|your|some) "
)
_EXPECTED_ES = re.compile(
    r"\b(?:esper|necesit|invit)[a-z]+ [^.?!]*\bpara (?P<verb>(?!ganar|proteger|lograr|parar|detener|exigir|defender|apoyar)[a-z]+[aei]r) "
)
_TOLD_ES = re.compile(
    r"(?:^|[,;:.!] )(?P<verb>[a-z]{2,}[aei](?:me|nos)) (?:el|la|los|las|un|una|con|a|al|tu|su|[0-9])\b"
)
_SOFTENED_ES = re.compile(r"(?:^|[,:;!] |\b[a-z]+,? )(?P<verb>[a-z]{3,}[ae]) [^?]*\b(?:porfa|por favor|porfis)\b")


def attended(words: str, *, comes: bool) -> tuple[int, int] | None:
    """Where the thing to come to stands in what follows an opener: "join the [garden build] saturday".

    `comes` when the opener itself says that one comes: "are you coming to | the [quilting bee]".
    """
    found = _BECOMES.match(words) or _ROLE.match(words) or _ATTENDED.match(words) or (comes and _NAMED.match(words))
    return found.span("thing") if found else None


def held(sentence: str) -> tuple[int, int] | None:
    """Where a sentence tells what will be done or held: "we [sort coats]", "the [bus] leaves monday"."""
    found = _DONE_BY_US.search(sentence) or _HELD.search(sentence)
    return found.span(found.lastgroup or 0) if found else None


def told_to_do(sentence: str) -> tuple[int, int] | None:
    """Where an imperative begins that no list has: "[stuff] mailers with us thursday"."""
    found = (
        _COME_AND.search(sentence)
        or _TOLD_ES.search(sentence)
        or _SOFTENED_ES.search(sentence)
        or _EXPECTED_ES.search(sentence)
    )
    if found is None:
        found = _TOLD.search(sentence)
        if found and not _WITH_ME.search(sentence):
            found = None
    return found.span("verb") if found else None


_WITH_ME = re.compile(r"\b(?:with (?:us|me)|please|pls|conmigo|con nosotr[oa]s)\b")
