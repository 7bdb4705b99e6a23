"""Why a file is not XML, in codes of ours: libxml2's own words are English and speak of its internals."""

from __future__ import annotations

from typing import Any, Final

from lxml.etree import ErrorTypes

from liczydlo.fa3.problems import nested

_REASONS: Final[dict[int, str]] = {
    ErrorTypes.ERR_DOCUMENT_EMPTY: "xml-no-tag",
    ErrorTypes.ERR_DOCUMENT_END: "xml-two-documents",
    ErrorTypes.ERR_TAG_NAME_MISMATCH: "xml-tag-mismatch",
    ErrorTypes.ERR_TAG_NOT_FINISHED: "xml-unfinished",
    ErrorTypes.ERR_GT_REQUIRED: "xml-unfinished",
    ErrorTypes.ERR_CDATA_NOT_FINISHED: "xml-unfinished",
    ErrorTypes.ERR_COMMENT_NOT_FINISHED: "xml-unfinished",
    ErrorTypes.ERR_UNDECLARED_ENTITY: "xml-entity",
    ErrorTypes.ERR_NAME_REQUIRED: "xml-markup-character",
    ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "xml-markup-character",
    ErrorTypes.ERR_LT_IN_ATTRIBUTE: "xml-markup-character",
    ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: "xml-attribute",
    ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED: "xml-attribute",
    ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: "xml-attribute",
    ErrorTypes.ERR_SPACE_REQUIRED: "xml-attribute",
    ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "xml-attribute-twice",
    ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "xml-prefix",
    ErrorTypes.ERR_INVALID_CHAR: "xml-character",
    ErrorTypes.ERR_RESERVED_XML_NAME: "xml-declaration",
    ErrorTypes.ERR_RESOURCE_LIMIT: "xml-depth",
}


def reason(code: int) -> dict[str, Any]:
    """What is wrong, by libxml2's number of the error, as a nested code."""
    return nested(_REASONS.get(code, "xml-other"))
