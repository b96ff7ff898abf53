"""What a person reads of a message, for the tour that is read aloud."""

import pytest

from bot.sandbox.people import spoken


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*<https://x.test/a|Payments API>* · service", "Payments API · service"),
        ("asked by <@U0001ANA>", "asked by @Ana"),
        ("asked by <@U0009ZZZ>", "asked by @U0009ZZZ"),
        ("ask in <#C0003PAY|payments-help>", "ask in #payments-help"),
        ("see <https://x.test/a>", "see https://x.test/a"),
        ("_Takes &lt;cards&gt; &amp; cash._", "Takes <cards> & cash."),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ],
)
def test_markup_reads_as_it_looks(text: str, read: str) -> None:
    assert spoken(text, {"U0001ANA": "Ana"}) == read
