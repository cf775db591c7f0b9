"""One is not several: nouns and verbs agree with their figures."""

from penstock.counting import counted, exists, were


def test_nouns_and_verbs_agree_with_figures() -> None:
    said = [f"{counted(number, 'user')} {were(number)} read; {number:,} {exists(number)}" for number in (0, 1, 2_000)]
    assert said == ["0 users were read; 0 exist", "1 user was read; 1 exists", "2,000 users were read; 2,000 exist"]
    assert (counted(1, "success", "successes"), counted(2, "success", "successes")) == ("1 success", "2 successes")
