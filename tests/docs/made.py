"""All parts of the documentation that are made from the code, by name."""

from tests.docs.computed_tables import computed_blocks
from tests.docs.iterable_tables import iterable_blocks
from tests.docs.key_tables import key_blocks
from tests.docs.other_tables import other_blocks
from tests.docs.segment_tables import segment_blocks
from tests.docs.tour import tour_blocks
from tests.docs.truth_tables import truth_blocks
from tests.docs.zendesk_tables import zendesk_blocks


def made_blocks() -> dict[str, str]:
    """Make every part; the tour takes some seconds."""
    return {
        **key_blocks(),
        **computed_blocks(),
        **segment_blocks(),
        **truth_blocks(),
        **iterable_blocks(),
        **zendesk_blocks(),
        **other_blocks(),
        **tour_blocks(),
    }
