"""Why a file is not XML, in words of ours: libxml2's own are English and speak of its internals."""

from __future__ import annotations

from typing import Final

from lxml.etree import ErrorTypes

Words = tuple[str, str]  # Polish, English

_UNFINISHED: Final[Words] = (
    "plik się urywa: ostatni znacznik nie jest zamknięty",
    "the file breaks off: its last tag is not closed",
)
_NOT_ALLOWED: Final[Words] = (
    "jest tu znak „&” albo „<”, który w treści zapisuje się jako &amp; albo &lt;",
    "there is an “&” or “<” here, which is written &amp; or &lt; in text",
)
_ATTRIBUTE: Final[Words] = (
    "atrybut ma zły zapis: potrzebna jest nazwa, znak równości i wartość w cudzysłowie",
    "an attribute is written in a wrong way: it needs a name, an equals sign and a value in quotes",
)
_OTHER: Final[Words] = ("zapis w tym miejscu jest niepoprawny", "what stands here is not well-formed")
_WORDS: Final[dict[int, Words]] = {
    ErrorTypes.ERR_DOCUMENT_EMPTY: (
        "plik nie zaczyna się znacznikiem; to prawdopodobnie plik innego rodzaju",
        "the file does not begin with a tag; it is probably a file of another kind",
    ),
    ErrorTypes.ERR_DOCUMENT_END: (
        "po końcu dokumentu jest jeszcze coś; w pliku może być tylko jedna faktura",
        "there is something after the document's end; a file may hold only one invoice",
    ),
    ErrorTypes.ERR_TAG_NAME_MISMATCH: (
        "znacznik zamykający nie pasuje do otwierającego",
        "a closing tag does not match the opening one",
    ),
    ErrorTypes.ERR_TAG_NOT_FINISHED: _UNFINISHED,
    ErrorTypes.ERR_GT_REQUIRED: _UNFINISHED,
    ErrorTypes.ERR_CDATA_NOT_FINISHED: _UNFINISHED,
    ErrorTypes.ERR_COMMENT_NOT_FINISHED: _UNFINISHED,
    ErrorTypes.ERR_UNDECLARED_ENTITY: (
        "jest tu encja (na przykład &nbsp;), której XML nie zna; wpisz zamiast niej sam znak",
        "there is an entity here (such as &nbsp;) that XML does not know; write the character itself",
    ),
    ErrorTypes.ERR_NAME_REQUIRED: _NOT_ALLOWED,
    ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: _NOT_ALLOWED,
    ErrorTypes.ERR_LT_IN_ATTRIBUTE: _NOT_ALLOWED,
    ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: _ATTRIBUTE,
    ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED: _ATTRIBUTE,
    ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: _ATTRIBUTE,
    ErrorTypes.ERR_SPACE_REQUIRED: _ATTRIBUTE,
    ErrorTypes.ERR_ATTRIBUTE_REDEFINED: (
        "ten sam atrybut jest tu dwa razy",
        "the same attribute is here twice",
    ),
    ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: (
        "przedrostek nazwy (przed dwukropkiem) nie jest zadeklarowany",
        "the prefix of a name (before its colon) is not declared",
    ),
    ErrorTypes.ERR_INVALID_CHAR: (
        "jest tu znak, którego XML nie dopuszcza",
        "there is a character here that XML does not allow",
    ),
    ErrorTypes.ERR_RESERVED_XML_NAME: (
        "deklaracja <?xml …?> może stać tylko na samym początku pliku",
        "the declaration <?xml …?> may stand only at the very beginning of the file",
    ),
    ErrorTypes.ERR_RESOURCE_LIMIT: (
        "znaczniki są zagnieżdżone zbyt głęboko, jak na fakturę",
        "the tags are nested too deeply for an invoice",
    ),
}


def words(code: int) -> Words:
    """What is wrong, by libxml2's number of the error; a clause without a full stop."""
    return _WORDS.get(code, _OTHER)
