"""The ledger: what one holder has of one thing, in a value that a versioned record embeds.

Points, money, uses and articles are kept in the same way, as whole numbers. A `Purse` holds lots, holds and a debt;
each change of it is a `Move`, planned by a pure function and applied by `Purse.after`. Whoever stores the moves can make
the purse again from them, as of any moment.
"""

from loyaltycore.kernel.ledger.crediting import MANY_LOTS, compact, credit, renew
from loyaltycore.kernel.ledger.lot import Funding, Hold, Lot, Pin
from loyaltycore.kernel.ledger.moves import Account, Move, MoveKind
from loyaltycore.kernel.ledger.purse import Purse, Turnover, as_of, replay
from loyaltycore.kernel.ledger.reversing import Beyond, restore, reverse, void
from loyaltycore.kernel.ledger.several import available_of, shares
from loyaltycore.kernel.ledger.spending import adjust, commit, debit, release, reserve
from loyaltycore.kernel.ledger.sweeping import expire

__all__ = [
    "MANY_LOTS",
    "Account",
    "Beyond",
    "Funding",
    "Hold",
    "Lot",
    "Move",
    "MoveKind",
    "Pin",
    "Purse",
    "Turnover",
    "adjust",
    "as_of",
    "available_of",
    "commit",
    "compact",
    "credit",
    "debit",
    "expire",
    "release",
    "renew",
    "replay",
    "reserve",
    "restore",
    "reverse",
    "shares",
    "void",
]
