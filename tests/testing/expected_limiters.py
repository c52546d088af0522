"""Which conformance tests catch which liar, for rate limits."""

from __future__ import annotations

from typing import Final

LIMITERS: Final = {
    "CountsRefusedTries": "test_a_try_that_waits_costs_nothing",
    "CountsFixedWindows": "test_no_stretch_has_too_many",
    "RefillsSlowly": "test_no_stretch_has_too_many",
    "AdmitsOneMore": "test_no_stretch_has_too_many",
    "RemembersAHundred": "test_the_largest_limit_is_exact",
    "SaysTheWholeStretch": "test_one_is_enough_for_some",
    "SaysSeconds": "test_one_is_enough_for_some",
    "CountsInSeconds": "test_each_limit_has_its_own_stretch",
    "WaitsForTheEndInclusive": "test_one_is_enough_for_some",
    "FoldsKeys": "test_keys_share_nothing",
    "CutsKeys": "test_keys_share_nothing",
    "NumbersKeys": "test_keys_share_nothing",
    "IgnoresTheEmptyKey": "test_keys_share_nothing",
    "GluesNames": "test_names_share_nothing",
    "GluesWithADot": "test_names_share_nothing",
    "KnowsOneLimit": "test_a_limit_that_grows_counts_at_once",
    "WaitsForTheOldest": "test_a_limit_that_shrinks_counts_at_once",
    "ForgetsWhatIsTooMuch": "test_a_limit_that_shrinks_counts_at_once",
    "ForgetsAfterADay": "test_each_limit_has_its_own_stretch",
    "BelievesTheClock": "test_a_clock_that_was_set_back_locks_nobody_out",
    "ReadsAndWrites": "test_threads_are_counted_together",
    "CountsPerThread": "test_threads_are_counted_together",
    "CountsAlone": "test_another_process_counts_along",
    "CountsInItsProcess": "test_processes_are_counted_together",
    "ShortensKeys": "test_keys_share_nothing",
    "CountsNetworks": "test_keys_share_nothing",
    "CutsKeysInOctets": "test_keys_share_nothing",
    "KnowsOneAddress": "test_keys_share_nothing",
    "RemembersAFew": "test_others_make_nobody_forgotten",
    "SweepsWithItsBroom": "test_a_short_stretch_ends_no_long_one",
    "LogsWhoTries": "test_no_key_is_logged",
    "WritesWhenItEnds": "test_a_stretch_that_changes_counts_at_once",
}
