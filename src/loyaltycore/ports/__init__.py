"""The ports: what the library asks of the world, as protocols whose docstrings are the contract.

An adapter implements one protocol. A released port never gains a method: a new power is a new protocol of one method
beside it. The conformance tests in `loyaltycore.testing` check any adapter against the sentences written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.calendar import (
        BusinessCalendar as BusinessCalendar,
        WeekdayCalendar as WeekdayCalendar,
    )
    from loyaltycore.kernel.canonical import canonical_json as canonical_json
    from loyaltycore.kernel.criteria import (
        EVERYTHING as EVERYTHING,
        And as And,
        Compare as Compare,
        Criterion as Criterion,
        Everything as Everything,
        Exists as Exists,
        HasKey as HasKey,
        IsNull as IsNull,
        KeyBetween as KeyBetween,
        Not as Not,
        OneOf as OneOf,
        Op as Op,
        Or as Or,
        Query as Query,
        View as View,
        end_of_prefix as end_of_prefix,
        exists as exists,
        has_key as has_key,
        key_between as key_between,
        key_starts as key_starts,
        matches as matches,
        plain as plain,
        stored as stored,
    )
    from loyaltycore.kernel.fates import (
        FateState as FateState,
        MailReport as MailReport,
        SmsReport as SmsReport,
    )
    from loyaltycore.kernel.invitations import (
        Invitation as Invitation,
        InvitationMethod as InvitationMethod,
        InvitationWriter as InvitationWriter,
    )
    from loyaltycore.kernel.limiting import Limit as Limit
    from loyaltycore.kernel.matching import (
        Matcher as Matcher,
        Pair as Pair,
        Person as Person,
        Traits as Traits,
    )
    from loyaltycore.kernel.messages import Attachment as Attachment, Email as Email, SmsText as SmsText
    from loyaltycore.kernel.printing import (
        Encoding as Encoding,
        EncodingKind as EncodingKind,
        PostalAddress as PostalAddress,
        PrintCancellation as PrintCancellation,
        PrintEvent as PrintEvent,
        PrintOrder as PrintOrder,
        PrintState as PrintState,
        PrintStatus as PrintStatus,
    )
    from loyaltycore.kernel.rendering import (
        Link as Link,
        MessageRenderer as MessageRenderer,
        MessageText as MessageText,
        Placeholder as Placeholder,
        PlaceholderKind as PlaceholderKind,
        WrittenMessage as WrittenMessage,
    )
    from loyaltycore.kernel.texting import (
        Alphabet as Alphabet,
        Segments as Segments,
        segments_of as segments_of,
    )
    from loyaltycore.kernel.words import is_storable as is_storable
    from loyaltycore.ports.ambient import Clock as Clock, Ids as Ids, Tokens as Tokens
    from loyaltycore.ports.card_printing import (
        UNKNOWN_CURSOR as UNKNOWN_CURSOR,
        CancelOutcome as CancelOutcome,
        CancelReceipt as CancelReceipt,
        CardPrinter as CardPrinter,
        CardSlot as CardSlot,
        EventPage as EventPage,
        PrinterCapabilities as PrinterCapabilities,
        PrintReceipt as PrintReceipt,
        SupportsEvents as SupportsEvents,
        SupportsWebhooks as SupportsWebhooks,
    )
    from loyaltycore.ports.forking import PerProcess as PerProcess
    from loyaltycore.ports.founding import SupportsSetUpCheck as SupportsSetUpCheck
    from loyaltycore.ports.heeding import Heeded as Heeded, Heeding as Heeding
    from loyaltycore.ports.joining import (
        JoinedTransaction as JoinedTransaction,
        SupportsJoining as SupportsJoining,
    )
    from loyaltycore.ports.limiting import RateLimiter as RateLimiter
    from loyaltycore.ports.messaging import (
        DeliveryStatus as DeliveryStatus,
        Mailer as Mailer,
        Receipt as Receipt,
        ReportCall as ReportCall,
        SmsGateway as SmsGateway,
        SupportsBounces as SupportsBounces,
        SupportsSmsReports as SupportsSmsReports,
    )
    from loyaltycore.ports.places import SupportsPlaces as SupportsPlaces
    from loyaltycore.ports.storage import Storage as Storage, Transaction as Transaction
    from loyaltycore.storing.answering import answer as answer
    from loyaltycore.storing.checks import check_query as check_query, check_record as check_record
    from loyaltycore.storing.codec import (
        from_data as from_data,
        from_json as from_json,
        to_data as to_data,
        to_json as to_json,
    )
    from loyaltycore.storing.registry import (
        CustomerLink as CustomerLink,
        OnErase as OnErase,
        OnExport as OnExport,
        OnMerge as OnMerge,
        RecordType as RecordType,
        Registry as Registry,
    )
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.calendar": "BusinessCalendar WeekdayCalendar",
            "..kernel.canonical": "canonical_json",
            "..kernel.criteria": "And Compare Criterion EVERYTHING Everything Exists HasKey IsNull KeyBetween Not OneOf Op Or Query View end_of_prefix exists has_key key_between key_starts matches plain stored",
            "..kernel.limiting": "Limit",
            "..kernel.invitations": "Invitation InvitationMethod InvitationWriter",
            "..kernel.matching": "Matcher Pair Person Traits",
            "..kernel.messages": "Attachment Email SmsText",
            "..kernel.printing": "Encoding EncodingKind PostalAddress PrintCancellation PrintEvent PrintOrder PrintState PrintStatus",
            "..kernel.fates": "FateState MailReport SmsReport",
            "..kernel.rendering": "Link MessageRenderer MessageText Placeholder PlaceholderKind WrittenMessage",
            "..kernel.texting": "Alphabet Segments segments_of",
            "..kernel.words": "is_storable",
            "..storing.answering": "answer",
            "..storing.checks": "check_query check_record",
            "..storing.codec": "from_data from_json to_data to_json",
            "..storing.registry": "CustomerLink OnErase OnExport OnMerge RecordType Registry",
            ".ambient": "Clock Ids Tokens",
            ".card_printing": "UNKNOWN_CURSOR CancelOutcome CancelReceipt CardPrinter CardSlot EventPage PrintReceipt PrinterCapabilities SupportsEvents SupportsWebhooks",
            ".forking": "PerProcess",
            ".founding": "SupportsSetUpCheck",
            ".heeding": "Heeded Heeding",
            ".joining": "JoinedTransaction SupportsJoining",
            ".messaging": "DeliveryStatus Mailer Receipt ReportCall SmsGateway SupportsBounces SupportsSmsReports",
            ".limiting": "RateLimiter",
            ".places": "SupportsPlaces",
            ".storage": "Storage Transaction",
        },
    )
