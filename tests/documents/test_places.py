"""Which place holds which, and where each ends."""

from __future__ import annotations

from rlm_desktop.documents.places import INNER, Mark, Place, Places

MARKS = (
    Mark(0, "message", 1, "Hello"),
    Mark(10, "attachment", 1, "a.pdf", 1),
    Mark(10, "page", 1, "", INNER),
    Mark(20, "page", 2, "", INNER),
    Mark(30, "message", 2),
)


def test_a_place_lasts_until_the_next_of_its_level_or_of_an_outer_one() -> None:
    places = Places(MARKS)
    message = Place("message", 1, "Hello", 0, 30)
    attachment = Place("attachment", 1, "a.pdf", 10, 30, message)
    assert places.at(9, 50) == message
    assert places.at(19, 50) == Place("page", 1, "", 10, 20, attachment)
    assert places.at(29, 50) == Place("page", 2, "", 20, 30, attachment)
    assert str(places.at(29, 50)) == "message 1 “Hello”, attachment 1 “a.pdf”, page 2"
    assert places.at(30, 50) == Place("message", 2, "", 30, 50)


def test_before_the_first_place_there_is_none() -> None:
    assert Places([Mark(5, "page", 1)]).at(4, 9) is None
    assert Places().at(0, 9) is None


def test_places_of_a_kind() -> None:
    assert [place.start for place in Places(MARKS).of_kind("page", 50)] == [10, 20]
    assert list(Places(MARKS).of_kind("sheet", 50)) == []


def test_pages_are_those_of_the_file_itself() -> None:
    assert Places(MARKS).pages == ()
    assert Places([Mark(0, "slide", 1), Mark(5, "page", 1, "", INNER), Mark(9, "slide", 2)]).pages == (0, 9)


def test_places_are_equal_when_all_of_them_are() -> None:
    assert len(Places(MARKS)) == 5
    assert Places(MARKS) == Places(Places(MARKS))
    assert Places(MARKS) != Places(MARKS[:4])
    assert Places(MARKS) != MARKS
