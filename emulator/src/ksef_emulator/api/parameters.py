"""Parameters that many operations share, as the OpenAPI describes them.

The bounds of ``int32`` are checked here too: a greater number is refused like any other wrong one.
"""

from typing import Annotated

from fastapi import Header, Path, Query

from .contract.base import INT32
from .contract.common import KsefNumber, ReferenceNumber
from .paging import HEADER

PageOffset = Annotated[int, Query(alias="pageOffset", ge=0), INT32]
PageSize50 = Annotated[int, Query(alias="pageSize", ge=10, le=50), INT32]
PageSize100 = Annotated[int, Query(alias="pageSize", ge=10, le=100), INT32]
PageSize200 = Annotated[int, Query(alias="pageSize", ge=10, le=200), INT32]
PageSize250 = Annotated[int, Query(alias="pageSize", ge=10, le=250), INT32]
PageSize500 = Annotated[int, Query(alias="pageSize", ge=10, le=500), INT32]
PageSize1000 = Annotated[int, Query(alias="pageSize", ge=10, le=1000), INT32]
"""Results on a page, at most the number of the name; 10 when not said."""
Continuation = Annotated[str | None, Header(alias=HEADER)]
"""The continuation token, decoded by ``paging.decode``."""
Reference = Annotated[ReferenceNumber, Path(alias="referenceNumber")]
InvoiceReference = Annotated[ReferenceNumber, Path(alias="invoiceReferenceNumber")]
UpoReference = Annotated[ReferenceNumber, Path(alias="upoReferenceNumber")]
KsefNumberInPath = Annotated[KsefNumber, Path(alias="ksefNumber")]
