"""Where people said they work (单位), for who counts silence; opened for counting, never shown."""

from collections.abc import Collection

from models import Movement
from models.enums import MovementState
from plugins.movement import queries


async def employers(person_ids: Collection[int]) -> dict[int, str]:
    """Return the employer each of the people named last; those who named none are left out."""
    rows = await (
        Movement.filter(person_id__in=list(person_ids), employer_sealed__isnull=False)
        .exclude(state=MovementState.CANCELLED)
        .order_by("id")
    )
    return {row.person_id: queries.open_employer(row) for row in rows}
