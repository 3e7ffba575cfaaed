"""The look-up of the fusion check on the real store: a twin is found by all that an incident's reports have said."""

from models.categories import Category
from tests.contract.store.worker import TOWNSHIP, Worker, report

DISTRICT = "500108"


async def test_a_twin_is_found_though_the_first_report_gave_no_township_and_another_kind(
    worker: Worker,
) -> None:
    """What follow-ups tell of place and kind brings two incidents together that a first report had kept apart."""
    first = await worker.report(report("r-1", source="a", category=Category.GEOLOGICAL, area=DISTRICT))
    second = await worker.report(report("r-2", source="b"))
    assert first != second
    for name in ("r-3", "r-4"):
        assert await worker.report(report(name, source="a", refers_to="r-1", area=TOWNSHIP)) == first
    await worker.pass_time(6)
    held = {row["incident_id"] for row in await worker.rows("reports")}
    assert len(held) == 1


async def test_what_nothing_ties_together_stays_apart(worker: Worker) -> None:
    """A check looks further, and what it finds there must still fit: a fire is not the landslide of its district."""
    first = await worker.report(
        report("r-1", source="a", category=Category.GEOLOGICAL, area=DISTRICT, title="山体滑坡")
    )
    second = await worker.report(report("r-2", source="b"))
    follow_up = report("r-3", source="a", refers_to="r-1", area=DISTRICT, category=None, title="续报")
    assert await worker.report(follow_up) == first
    await worker.pass_time(6)
    assert {row["incident_id"] for row in await worker.rows("reports")} == {first, second}
