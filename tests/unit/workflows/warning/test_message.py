"""What a warning may never say, whoever makes it."""

import pytest
from pydantic import ValidationError

from models.messages.public_warning import EXERCISE_MARK_ZH, PublicWarning
from models.vocabulary import MessageType, WarningColour, WarningStatus
from tests.unit.workflows.warning.chains import chain_of


def changed(warning: PublicWarning, **change: object) -> PublicWarning:
    """The same message with other fields, checked as a new one is."""
    return PublicWarning.model_validate({**dict(warning), **change})


@pytest.mark.parametrize("status", WarningStatus)
def test_an_exercise_is_never_taken_for_the_real_thing(status: WarningStatus) -> None:
    """Neither its headline nor its CAP may say the other; the reverse is refused as well."""
    own = chain_of(WarningColour.RED, exercise=status is WarningStatus.EXERCISE)[0]
    other = chain_of(WarningColour.RED, exercise=status is not WarningStatus.EXERCISE)[0]
    assert own.status is status
    for change in (
        {"status": other.status},
        {"headline_zh": other.headline_zh},
        {"cap_xml": other.cap_xml},
        {"cap_xml": (own.cap_xml or "") + (other.cap_xml or "")},
        {"cap_xml": "<alert/>"},
    ):
        with pytest.raises(ValidationError):
            changed(own, **change)


def test_an_exercise_says_so_in_every_text() -> None:
    """Headline, description, CAP status and CAP note name it, in both languages."""
    for warning in chain_of(WarningColour.BLUE, exercise=True):
        cap_xml = warning.cap_xml or ""
        assert warning.headline_zh.startswith(EXERCISE_MARK_ZH)
        assert warning.description_zh.startswith(EXERCISE_MARK_ZH)
        assert (cap_xml.count("<status>Exercise</status>"), cap_xml.count("<note>")) == (1, 1)
        assert cap_xml.count("EXERCISE. ") == 2
        assert "Actual" not in cap_xml


def test_a_chain_names_what_it_changes() -> None:
    """An update or cancel without references, and an alert with some, are refused."""
    alert, update, cancel = chain_of(WarningColour.YELLOW)
    for warning, references in ((alert, (update.warning_id,)), (update, ()), (cancel, ())):
        with pytest.raises(ValidationError, match="names the messages before it"):
            changed(warning, references=references)


def test_a_warning_fits_its_sender_and_its_time() -> None:
    """An identifier under another sender's code, a validity that is over at once and no area at all are refused."""
    alert = chain_of(WarningColour.YELLOW)[0]
    for change in ({"sender_code": "50010100000000"}, {"expires": alert.effective}, {"area_codes": ()}):
        with pytest.raises(ValidationError):
            changed(alert, **change)
    assert alert.message_type is MessageType.ALERT
