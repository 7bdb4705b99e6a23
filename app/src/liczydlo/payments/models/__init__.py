"""Tables of payments."""

from liczydlo.payments.models.accounts import BankAccount as BankAccount
from liczydlo.payments.models.accounts import Encoding as Encoding
from liczydlo.payments.models.accounts import FileFormat as FileFormat
from liczydlo.payments.models.interest import InterestKind as InterestKind
from liczydlo.payments.models.interest import InterestNote as InterestNote
from liczydlo.payments.models.interest import InterestNoteItem as InterestNoteItem
from liczydlo.payments.models.interest import InterestRate as InterestRate
from liczydlo.payments.models.statements import PaymentEvent as PaymentEvent
from liczydlo.payments.models.statements import Settlement as Settlement
from liczydlo.payments.models.statements import Statement as Statement
from liczydlo.payments.models.statements import StatementLine as StatementLine
from liczydlo.payments.models.transfers import AccountSource as AccountSource
from liczydlo.payments.models.transfers import OrderState as OrderState
from liczydlo.payments.models.transfers import Transfer as Transfer
from liczydlo.payments.models.transfers import TransferItem as TransferItem
from liczydlo.payments.models.transfers import TransferOrder as TransferOrder
