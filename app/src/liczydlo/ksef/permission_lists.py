"""What has been given in KSeF, by whom and to whom: seven lists (guide ``uprawnienia.md``, OpenAPI ``query``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from liczydlo.ksef.conversation import Conversation, Method, Request
from liczydlo.ksef.permissions import Authorization, Identifier, IdentifierKind
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.wire import Node

__all__ = ["EntityRole", "Grant", "PermissionLists"]

GrantList = Literal["personal", "persons", "subunits", "entities", "authorizations", "eu-entities"]
_PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One permission as KSeF lists it; ``list`` is the list that it was found in.

    ``permission`` is KSeF's name. ``to`` may work with it, in ``context``, which for authorizations is whoever gave
    it; ``target`` is the client of an indirect one. ``name`` is the receiver's, ``unit_name`` that of a unit or a
    foreign entity. ``active`` is False while whatever it rests on is missing.
    """

    id: str
    list: GrantList
    permission: str
    description: str
    started: datetime
    to: Identifier | None
    context: Identifier | None
    target: Identifier | None
    author: Identifier | None
    name: str
    unit_name: str
    can_delegate: bool
    active: bool


@dataclass(frozen=True, kw_only=True)
class EntityRole:
    """A role that the tax office gave: this entity's with its ``other`` as the parent, or that of a subordinate one."""

    role: str
    other: Identifier | None
    description: str
    started: datetime


@dataclass(frozen=True, kw_only=True)
class Personal:
    """One's own permissions in this context; ``owner`` are those that come with being the firm's owner."""

    grants: tuple[Grant, ...]
    owner: tuple[str, ...]


def personal() -> Conversation[Personal]:
    """``POST /permissions/query/personal/grants``, all pages."""
    held: list[Grant] = []
    owner: dict[str, None] = {}
    offset = 0
    while True:
        node = yield from _page("personal/grants", offset, {})
        held += (_grant("personal", item) for item in node.nodes("permissions"))
        owner.update(dict.fromkeys(node.texts("ownerPermissions")))
        if not node.flag("hasMore"):
            return Personal(grants=tuple(held), owner=tuple(owner))
        offset += 1


def grants(kind: GrantList, **filters: Any) -> Conversation[tuple[Grant, ...]]:
    """``POST /permissions/query/{kind}/grants``, all pages."""
    criteria = {key: value for key, value in filters.items() if value is not None}
    nodes = yield from _all(
        f"{kind}/grants", criteria, "authorizationGrants" if kind == "authorizations" else "permissions"
    )
    return tuple(_grant(kind, node) for node in nodes)


def entity_roles() -> Conversation[tuple[EntityRole, ...]]:
    """``GET /permissions/query/entities/roles``, all pages."""
    nodes = yield from _all("entities/roles", None, "roles")
    return tuple(_role(node, "parentEntityIdentifier") for node in nodes)


def subordinate_roles() -> Conversation[tuple[EntityRole, ...]]:
    """``POST /permissions/query/subordinate-entities/roles``, all pages."""
    nodes = yield from _all("subordinate-entities/roles", {}, "roles")
    return tuple(_role(node, "subordinateEntityIdentifier") for node in nodes)


def _all(path: str, body: Mapping[str, Any] | None, member: str) -> Conversation[list[Node]]:
    nodes: list[Node] = []
    offset = 0
    while True:
        node = yield from _page(path, offset, body)
        nodes += node.nodes(member)
        if not node.flag("hasMore"):
            return nodes
        offset += 1


def _page(path: str, offset: int, body: Mapping[str, Any] | None) -> Conversation[Node]:
    method: Method = "GET" if body is None else "POST"
    answer = yield Request(
        method=method,
        path=f"/permissions/query/{path}",
        query={"pageOffset": str(offset), "pageSize": str(_PAGE)},
        json=body,
        repeatable=True,
    )
    return answer.object()


def _grant(kind: GrantList, node: Node) -> Grant:
    scope = "authorizationScope" if kind == "authorizations" else "permissionScope"
    return Grant(
        id=node.text("id"),
        list=kind,
        permission=node.text(scope),
        description=node.text("description"),
        started=node.moment("startDate"),
        to=_first(node, "authorizedIdentifier", "authorizedEntityIdentifier")
        or _bare("Fingerprint", node.optional_text("authorizedFingerprintIdentifier")),
        context=_first(node, "contextIdentifier", "subunitIdentifier", "authorizingEntityIdentifier")
        or _bare("NipVatUe", node.optional_text("vatUeIdentifier")),
        target=_first(node, "targetIdentifier"),
        author=_first(node, "authorIdentifier"),
        name=_name(node),
        unit_name=node.optional_text("subunitName") or node.optional_text("euEntityName") or "",
        can_delegate=node.flag("canDelegate", default=False),
        active=(node.optional_text("permissionState") or "Active") == "Active",
    )


def _first(node: Node, *names: str) -> Identifier | None:
    for name in names:
        inner = node.optional_node(name)
        if inner is not None:
            kind = cast("IdentifierKind", inner.text("type"))
            return Identifier(kind=kind, value=inner.optional_text("value") or "")
    return None


def _bare(kind: IdentifierKind, value: str | None) -> Identifier | None:
    return Identifier(kind=kind, value=value) if value else None


def _name(node: Node) -> str:
    person = node.optional_node("subjectPersonDetails")
    if person is not None:
        return f"{person.text('firstName')} {person.text('lastName')}"
    entity = node.optional_node("subjectEntityDetails")
    return entity.text("fullName") if entity is not None else ""


def _role(node: Node, other: str) -> EntityRole:
    return EntityRole(
        role=node.text("role"),
        other=_first(node, other),
        description=node.text("description"),
        started=node.moment("startDate"),
    )


class PermissionLists(Runner):
    """What has been given; each method reads all pages."""

    def personal_permissions(self) -> Personal:
        """One's own permissions in this context, given and the owner's, in force and not."""
        return self._run(personal())

    def permissions_given(self, *, only_mine: bool = False) -> tuple[Grant, ...]:
        """Permissions of persons and firms in this context, or only those that the present login gave.

        The latter also tells of what was handed on for clients. Needs ``CredentialsManage``, ``CredentialsRead`` or
        ``SubunitManage``.
        """
        kind = "PermissionsGrantedInCurrentContext" if only_mine else "PermissionsInCurrentContext"
        return self._run(grants("persons", queryType=kind))

    def subunit_administrators(self) -> tuple[Grant, ...]:
        """Administrators of units and of subordinate entities."""
        return self._run(grants("subunits"))

    def permissions_received(self) -> tuple[Grant, ...]:
        """What other firms gave to this one for handling their invoices; ``context`` is the giver."""
        return self._run(grants("entities"))

    def authorizations(
        self, direction: Literal["Granted", "Received"], permissions: Sequence[Authorization] | None = None
    ) -> tuple[Grant, ...]:
        """Permissions between entities, given by this one or received."""
        kinds = list(permissions) if permissions is not None else None
        return self._run(grants("authorizations", queryType=direction, permissionTypes=kinds))

    def eu_permissions(self) -> tuple[Grant, ...]:
        """Administrators and representatives of foreign entities."""
        return self._run(grants("eu-entities"))

    def entity_roles(self) -> tuple[EntityRole, ...]:
        """The roles that the tax office gave to this entity, such as ``VatGroupUnit``."""
        return self._run(entity_roles())

    def subordinate_roles(self) -> tuple[EntityRole, ...]:
        """The entities that are subordinate to this one."""
        return self._run(subordinate_roles())
