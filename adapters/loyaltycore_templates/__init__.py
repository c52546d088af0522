"""Messages by templates: the notation of Jinja, dates and money by Babel, mails in Markdown.

    loyalty = Loyalty(storage=..., renderer=TemplateRenderer())

Needs the extra ``templates``. Importing this package is cheap: what it is built on is loaded with the first text.
"""

from __future__ import annotations

from loyaltycore_templates.renderer import TemplateRenderer

__all__ = ["TemplateRenderer"]
