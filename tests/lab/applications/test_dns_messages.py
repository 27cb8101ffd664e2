"""Messages of DNS: read whole or not at all, and records that leave their message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import DNS, ARecord, CNAMERecord, MXRecord, Question
from dissect.declare import compressed
from dissect.lab.applications.dns_messages import canonical, of_message, read_message, written, written_out

MESSAGE = DNS(
    is_response=True,
    questions=[Question("www.example.com")],
    answers=[CNAMERecord("www.example.com", "web.example.com"), ARecord("web.example.com", "192.0.2.1", ttl=9)],
    authorities=[MXRecord("example.com", 5, "mail.example.com")],
)


def test_records_take_their_names_along() -> None:
    data = bytes(compressed(MESSAGE))
    message = read_message(data)
    assert message is not None
    assert written_out(message.answers) == list(MESSAGE.answers)
    assert of_message(message.answers[1], ttl=3) == ARecord("web.example.com", "192.0.2.1", ttl=3)
    assert written(DNS(answers=written_out(message.answers)))


@given(st.integers(0, 100), st.binary(max_size=40))
def test_what_is_read_is_whole(cut: int, noise: bytes) -> None:
    data = written(MESSAGE)
    for given_data in (data[:cut], noise, data[:cut] + noise):
        message = read_message(given_data)
        if message is not None:
            assert len(message.questions) == message.question_count
            assert all(record.is_filled() for record in message.answers)
            written_out(message.answers)


def test_names_are_compared_without_their_case_and_last_dot() -> None:
    assert canonical("WWW.Example.com.") == canonical("www.example.com")
    assert canonical(".") == ""
