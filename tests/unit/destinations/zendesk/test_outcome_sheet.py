"""What is noted of a batch's records, summed up."""

from penstock.destinations.contract import Answer, Delivery, Outcome, RecordException
from penstock.destinations.zendesk.outcome_sheet import OutcomeSheet
from penstock.destinations.zendesk.sent_records import SentRecord

RECORDS = [SentRecord(number=number, content={}, text="{}") for number in (10, 11, 12)]
FIRST, SECOND, THIRD = RECORDS


def sheet(*, ids_known: bool = False) -> OutcomeSheet:
    return OutcomeSheet([record.number for record in RECORDS], ids_known=ids_known)


def unknown(number: int, code: str, message: str) -> RecordException:
    return RecordException(number=number, outcome=Outcome.UNKNOWN, code=code, message=message)


def test_all_delivered() -> None:
    noted = sheet()
    for record in RECORDS:
        noted.deliver(record, remote_id=record.number * 2, created=record is FIRST)
    assert noted.delivery() == Delivery(answer=Answer.ANSWERED, remote_ids={10: "20", 11: "22", 12: "24"}, created=1)


def test_ids_that_are_known_are_no_news_unless_somebody_was_to_be_created_again() -> None:
    noted = sheet(ids_known=True)
    for record, created in ((FIRST, None), (SECOND, True), (THIRD, False)):
        noted.deliver(record, remote_id=record.number * 2, created=created)
    assert noted.delivery().remote_ids == {11: "22", 12: "24"}
    assert noted.delivery().created == 1


def test_a_batch_without_any_answer_is_lost_as_a_whole() -> None:
    noted = sheet()
    noted.leave_open(RECORDS, Answer.LOST, "job_failed", "why")
    assert noted.delivery() == Delivery(answer=Answer.LOST, code="job_failed", reason="why")


def test_a_part_without_an_answer_is_unknown() -> None:
    noted = sheet()
    noted.deliver(FIRST, remote_id=1)
    noted.leave_open([SECOND], Answer.NOT_SENT, "throttled", "why")
    noted.refuse(THIRD, Outcome.REJECTED, "refused", "no")
    delivery = noted.delivery()
    assert delivery.answer is Answer.ANSWERED
    assert [each.outcome for each in delivery.exceptions] == [Outcome.UNKNOWN, Outcome.REJECTED]
    assert delivery.exceptions[0] == unknown(11, "throttled", "why")


def test_what_is_noted_last_holds() -> None:
    noted = sheet()
    noted.refuse(FIRST, Outcome.UNKNOWN, "recreation_due", "later")
    noted.deliver(FIRST, remote_id=1, created=True)
    noted.deliver(SECOND, remote_id=2)
    noted.leave_open([SECOND], Answer.LOST, "server_error", "not read back")
    noted.deliver(THIRD, remote_id=3)
    delivery = noted.delivery()
    assert delivery.exceptions == (unknown(11, "server_error", "not read back"),)
    assert set(delivery.remote_ids) == {10, 12}


def test_kept_fields_of_a_delivered_record_are_one_exception() -> None:
    noted = sheet()
    for record in RECORDS:
        noted.deliver(record, remote_id=record.number)
    noted.keep_back(SECOND, "email", "identity_kept", "One.")
    noted.keep_back(SECOND, "phone", "identity_kept", "Two.")
    [kept] = noted.delivery().exceptions
    assert (kept.number, kept.fields, kept.message) == (11, ("email", "phone"), "One. Two.")
    assert len(noted.delivery().remote_ids) == 3


def test_what_nobody_noted_is_never_delivered() -> None:
    noted = sheet()
    noted.deliver(FIRST, remote_id=1)
    assert [each.number for each in noted.delivery().exceptions] == [11, 12]


def test_an_unsent_end_is_as_if_it_had_never_been_in_the_batch() -> None:
    noted = sheet()
    noted.deliver(FIRST, remote_id=1)
    noted.leave_unsent([SECOND, THIRD])
    delivery = noted.delivery()
    assert (delivery.answer, delivery.sent, delivery.exceptions) == (Answer.ANSWERED, 1, ())
    nothing = sheet()
    nothing.leave_unsent(RECORDS)
    assert (nothing.delivery().answer, nothing.delivery().sent) == (Answer.ANSWERED, 0)
