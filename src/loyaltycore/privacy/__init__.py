"""Privacy: what is stored about a customer, as a file; and erasing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.customers.retaining import RETENTIONS as RETENTIONS, Retention as Retention
    from loyaltycore.privacy.files import FILES_OF as FILES_OF
    from loyaltycore.privacy.reading import read_export as read_export
    from loyaltycore.privacy.rules.erasure import (
        DeletionMark as DeletionMark,
        Erased as Erased,
        Erasure as Erasure,
        ErasurePreview as ErasurePreview,
        Fate as Fate,
    )
    from loyaltycore.privacy.rules.export import (
        CustomerExport as CustomerExport,
        ExportedFile as ExportedFile,
        FileEntry as FileEntry,
    )
    from loyaltycore.privacy.rules.retention import Forgotten as Forgotten
    from loyaltycore.privacy.schema import export_schema as export_schema
    from loyaltycore.privacy.service import Privacy as Privacy
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".files": "FILES_OF",
            ".reading": "read_export",
            "loyaltycore.customers.retaining": "RETENTIONS Retention",
            ".rules.retention": "Forgotten",
            ".rules.erasure": "DeletionMark Erased Erasure ErasurePreview Fate",
            ".rules.export": "CustomerExport ExportedFile FileEntry",
            ".schema": "export_schema",
            ".service": "Privacy",
        },
    )
