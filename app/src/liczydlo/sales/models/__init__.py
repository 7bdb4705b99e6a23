"""Tables of sales. Those of parts with a folder of their own stand there: Django finds them by the imports below."""

from liczydlo.sales import number_patterns as number_patterns
from liczydlo.sales import print_settings as print_settings
from liczydlo.sales import unfinished as unfinished
from liczydlo.sales.delivery import tables as delivery_tables  # noqa: F401
from liczydlo.sales.importing import tables as importing_tables  # noqa: F401
from liczydlo.sales.models.events import Event as Event
from liczydlo.sales.models.events import Notice as Notice
from liczydlo.sales.models.invoices import MODES as MODES
from liczydlo.sales.models.invoices import OF_OUTAGE as OF_OUTAGE
from liczydlo.sales.models.invoices import PATIENCE as PATIENCE
from liczydlo.sales.models.invoices import Awaited as Awaited
from liczydlo.sales.models.invoices import Draft as Draft
from liczydlo.sales.models.invoices import Invoice as Invoice
from liczydlo.sales.models.invoices import MendedFile as MendedFile
from liczydlo.sales.models.links import CorrectionLink as CorrectionLink
from liczydlo.sales.models.links import OrderLink as OrderLink
from liczydlo.sales.models.receipts import Receipt as Receipt
from liczydlo.sales.models.receipts import UpoPage as UpoPage
from liczydlo.sales.models.receivables import Receivable as Receivable
from liczydlo.sales.models.sessions import BatchPart as BatchPart
from liczydlo.sales.models.sessions import Session as Session
from liczydlo.sales.models.signatures import ConfirmedSigner as ConfirmedSigner
from liczydlo.sales.models.signatures import Signature as Signature
from liczydlo.sales.models.signatures import SigningCertificate as SigningCertificate
from liczydlo.sales.models.signatures import UpoSigner as UpoSigner
from liczydlo.sales.repeating import tables as repeating_tables  # noqa: F401
