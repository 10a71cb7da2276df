"""The wire keeps what it is given and survives what it is not."""

from __future__ import annotations

import contextlib
from unittest import mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.repl import wire
from rlm_desktop.repl.output import Output

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
QUERIES = st.builds(
    wire.Query,
    function=st.sampled_from(["llm_query", "llm_query_batch", "rlm_query", "rlm_query_batch"]),
    called_as=st.text(max_size=200),
    prompts=st.lists(st.text()),
    model=st.none() | st.text(max_size=200),
    max_concurrent=st.none() | st.integers(1, 2**31),
    line=st.integers(0, 10_000_000),
)
FINALS = st.builds(
    wire.Final,
    source=st.sampled_from(["FINAL", "FINAL_VAR", "answer", "SUBMIT"]),
    text=st.text(),
    value=PLAIN,
    is_none=st.booleans(),
)
VARIABLES = st.builds(
    wire.Variable,
    name=st.text(max_size=200),
    type=st.text(max_size=200),
    size=st.none() | st.integers(0, 2**63 - 1),
    preview=st.text(max_size=200),
    changed=st.booleans(),
)
COUNTS = st.integers(0, 2**63 - 1)
FROM_WORKER = st.one_of(
    st.builds(wire.Ready, pid=COUNTS, layers=st.lists(st.text(max_size=50), max_size=5)),
    st.builds(wire.Call, id=COUNTS, query=QUERIES),
    st.builds(
        wire.CallTool, id=COUNTS, tool=st.builds(wire.ToolCall, name=st.text(max_size=9), args=st.lists(PLAIN))
    ),
    st.builds(wire.Output, cell=COUNTS, stream=st.sampled_from(["stdout", "stderr"]), text=st.text()),
    st.builds(
        wire.Done,
        cell=COUNTS,
        status=st.sampled_from(["ok", "error", "interrupted"]),
        error=st.text(),
        dropped=COUNTS,
        variables=st.lists(VARIABLES, max_size=5),
        final=st.none() | FINALS,
    ),
    st.builds(wire.Fetched, id=COUNTS, text=st.none() | st.text(), final=st.none() | FINALS),
)


@given(FROM_WORKER)
def test_a_message_survives_the_journey(message):
    assert wire.decode_from_worker(wire.encode(message)) == message


@given(st.text(st.characters(), min_size=1))
def test_any_text_can_be_sent(text):
    query = wire.Query(function="llm_query", called_as="llm_query", prompts=[text])
    call = wire.decode_from_worker(wire.encode(wire.Call(id=1, query=query)))
    assert isinstance(call, wire.Call)
    (received,) = call.query.prompts
    assert received == text.encode("utf-8", "backslashreplace").decode()


@given(st.lists(st.binary(max_size=2000)), st.lists(st.integers(1, 500), min_size=1))
def test_frames_come_out_as_they_went_in_however_they_are_cut(payloads, cuts):
    stream = b"".join(map(wire.frame, payloads))
    reader, received, position, turn = wire.FrameReader(), [], 0, 0
    while position < len(stream):
        reader.feed(stream[position : position + cuts[turn % len(cuts)]])
        position, turn = position + cuts[turn % len(cuts)], turn + 1
        received += reader.frames()
    assert received == payloads


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(max_size=300), inner, max_size=40),
    max_leaves=200,
)


def _count(value):
    if isinstance(value, dict):
        return 1 + sum(1 + _count(item) for item in value.values())
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1


@given(JSON)
def test_the_values_of_a_message_are_counted(value):
    data = msgspec.msgpack.encode(value)
    assert wire.items(data, 10**9) == _count(value)
    assert (wire.items(data, 20) > 20) == (_count(value) > 20)


@given(st.binary(max_size=300))
def test_counting_takes_any_bytes(data):
    with contextlib.suppress(wire.WireError):
        assert wire.items(data, 100) >= 1


@pytest.mark.parametrize("value", [[[]] * 200_000, [None] * 200_000, {str(n): n for n in range(100_000)}])
def test_what_would_cost_the_host_too_much_is_refused_unbuilt(value):
    message = {"type": "call_tool", "id": 1, "tool": {"name": "x", "args": value}}
    data = msgspec.msgpack.encode(message)
    assert wire.is_heavy(data)
    with pytest.raises(wire.WireError, match="20,000 values"):
        wire.decode_heavy(data)


def test_light_messages_are_known_by_their_beginning():
    query = wire.Query(function="llm_query", called_as="x", prompts=["p" * 100_000])
    for message, heavy in (
        (wire.Output(cell=1, stream="stdout", text="x" * 30_000), False),
        (wire.Call(id=1, query=query), False),
        (wire.CallTool(id=1, tool=wire.ToolCall(name="x", args=["p" * 100_000])), True),
        (wire.Fetched(id=1, text="x" * 100_000), True),
    ):
        assert wire.is_heavy(wire.encode(message)) is heavy
        assert wire.decode_heavy(wire.encode(message)) == message


def test_a_message_that_ends_too_soon_is_refused_before_it_is_read():
    data = wire.encode(wire.Output(cell=1, stream="stdout", text="x"))
    assert wire.items(data, 100) == 11
    for end in range(len(data) - 1):
        with pytest.raises(wire.WireError):
            wire.items(data[:end], 100)


def test_half_a_letter_costs_a_message_nothing_else():
    message = wire.Output(cell=7, stream="stdout", text="a\ud800b")
    assert wire.decode_from_worker(wire.encode(message)) == msgspec.structs.replace(message, text="a\\ud800b")
    long = "ж" * 300_000
    assert wire.plain([long, long + "\ud800"]) == [long, long + "\\ud800"]


@pytest.mark.parametrize("decode", [wire.decode_from_worker, wire.decode_to_worker])
@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_wire_error(decode, data):
    with contextlib.suppress(wire.WireError):
        decode(data)


@given(PLAIN)
def test_plain_data_that_is_no_message_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.decode_from_worker(msgspec.msgpack.encode(data))


@given(st.integers(0, 60), FROM_WORKER, st.binary(min_size=1, max_size=4))
def test_a_damaged_message_is_a_message_or_a_wire_error(position, message, damage):
    data = bytearray(wire.encode(message))
    data[position : position + len(damage)] = damage
    with contextlib.suppress(wire.WireError):
        wire.decode_from_worker(bytes(data))


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"\x91" * 200_000, id="nested lists"),
        pytest.param(b"\x81\xa1a" * 100_000 + b"\xc0", id="nested maps"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="a list of 4 billion"),
        pytest.param(b"\xdf\xff\xff\xff\xff", id="a map of 4 billion"),
        pytest.param(b"\xc6\xff\xff\xff\xff", id="4 GB of bytes"),
        pytest.param(b"\xd6\xff\xff\xff\xff\xff", id="a timestamp"),
        pytest.param(b"\x80\x04\x95\x1b\x00", id="a pickle"),
    ],
)
def test_hostile_bytes_are_wire_errors(hostile):
    nested = {"type": "call_tool", "id": 1, "tool": {"name": "t", "args": [msgspec.Raw(hostile)]}}
    with pytest.raises(wire.WireError):
        wire.decode_from_worker(msgspec.msgpack.encode(nested))


def test_a_frame_over_the_limit_is_refused_before_it_is_read():
    reader = wire.FrameReader()
    reader.feed(wire.HEADER.pack(wire.FRAME_LIMIT + 1))
    with pytest.raises(wire.WireError, match="limit"):
        list(reader.frames())


@pytest.mark.parametrize(
    "message",
    [
        wire.Output(cell=1, stream="stdout", text="x" * (wire.OUTPUT_PIECE + 1)),
        wire.Output(cell=-1, stream="stdout", text=""),
        wire.Done(cell=1, status="killed"),  # type: ignore[arg-type]
        wire.Want(size=wire.BULK_LIMIT + 1),
        wire.Want(size=5),
        wire.Call(id=1, query=wire.Query(function="eval", called_as="", prompts=[])),  # type: ignore[arg-type]
    ],
)
def test_values_out_of_bounds_are_refused(message):
    with pytest.raises(wire.WireError):
        wire.decode_from_worker(wire.encode(message))


@given(
    st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text("ab\n", max_size=20)), max_size=20),
    st.integers(5, 100),
)
def test_what_is_printed_comes_in_order_and_what_is_not_kept_is_counted(
    printed: list[tuple[str, str]], cap: int
) -> None:
    sent: list[tuple[str, str, int]] = []
    with mock.patch.object(wire, "OUTPUT_PIECE", 8), mock.patch.object(Output, "_flush_later"):
        output = Output(lambda *piece: sent.append(piece), cap)
        for stream, text in printed:
            getattr(output, stream).write(text)
        output.end()
    whole = [(stream, letter) for stream, text in printed for letter in text]
    expected = whole if len(whole) <= cap else whole[: cap - cap // 5] + whole[-(cap // 5) :]
    assert [(stream, letter) for stream, text, _ in sent for letter in text] == expected
    assert output.dropped == sum(dropped for _, _, dropped in sent) == len(whole) - len(expected)
