"""What goes to calendars and comes from them, as in RFC 5545.

The extra ``calendars`` installs what it needs.
"""

from loyaltycore.kernel.occupancy import BusyTime
from loyaltycore_calendars.busy import read_busy
from loyaltycore_calendars.feeds import FeedEntry, write_feed
from loyaltycore_calendars.invitations import IcalendarInvitations

__all__ = ["BusyTime", "FeedEntry", "IcalendarInvitations", "read_busy", "write_feed"]
