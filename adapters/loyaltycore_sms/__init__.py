"""Text messages over HTTP: through Kannel, or through seven.io.

The extra ``sms`` installs what they need.
"""

from loyaltycore_sms.kannel import KannelSms
from loyaltycore_sms.seven import SevenSms

__all__ = ["KannelSms", "SevenSms"]
