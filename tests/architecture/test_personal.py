"""Every table is claimed once: by the room that answers for it, or as holding nothing of a person.

A new table without a claim fails here. Claim it in ``PERSONAL`` of its room (``personal.py``),
which then has to describe, export and erase it, or give a reason in ``plugins/privacy/rooms.py``.
"""

import inspect
from collections import Counter

import pytest
from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

import models
from core.conversation import Say
from core.personal import Keeping, PersonalData
from plugins.privacy.rooms import NOT_PERSONAL
from tests.conftest import HOUSE

CLAIMS: dict[str, PersonalData] = {
    name: door.PERSONAL for name, door in HOUSE.doors.items() if hasattr(door, "PERSONAL")
}
TABLES: dict[str, type[Model]] = {
    model._meta.db_table: model
    for model in (getattr(models, name) for name in models.__all__)
    if isinstance(model, type) and issubclass(model, Model)
}


def unclaimed(tables: set[str], claims: dict[str, PersonalData]) -> set[str]:
    claimed = {table for room in claims.values() for table in room.tables}
    return tables - claimed - set(NOT_PERSONAL)


def test_given_the_tables_when_claims_are_read_then_every_table_is_claimed_exactly_once() -> None:
    counted = Counter([*NOT_PERSONAL, *(t for room in CLAIMS.values() for t in room.tables)])
    assert {table for table, count in counted.items() if count > 1} == set()
    assert unclaimed(set(TABLES), CLAIMS) == set()
    assert set(counted) - set(TABLES) == set()


def test_given_a_new_table_when_nobody_claims_it_then_it_is_found() -> None:
    assert unclaimed({*TABLES, "diary"}, CLAIMS) == {"diary"}


def test_given_the_models_when_listed_then_none_is_left_out_of_the_package() -> None:
    everything = {
        table.__name__
        for module in vars(models).values()
        if inspect.ismodule(module)
        for table in vars(module).values()
        if isinstance(table, type) and issubclass(table, Model) and table is not Model
    }
    assert everything == {model.__name__ for model in TABLES.values()}


def test_given_a_table_called_not_personal_when_its_columns_are_read_then_it_names_no_person() -> (
    None
):
    Tortoise.init_models(["models"], "models")
    for table in NOT_PERSONAL:
        fields = TABLES[table]._meta.fields_map
        people = [
            name
            for name, field in fields.items()
            if (isinstance(field, ForeignKeyFieldInstance) and "Person" in str(field.model_name))
            or name == "person_id"
        ]
        assert people == [], table


def test_given_a_reason_when_read_then_it_says_something() -> None:
    assert all(len(reason) > 10 for reason in NOT_PERSONAL.values())


@pytest.mark.parametrize("name", CLAIMS)
def test_given_a_room_with_claims_when_asked_then_it_can_describe_export_and_erase(
    name: str,
) -> None:
    room = CLAIMS[name]
    assert room.tables
    assert isinstance(room.title, Say)
    for function in (room.describe, room.export, room.erase):
        assert inspect.iscoroutinefunction(function)
    assert all(isinstance(rule, Keeping) for rule in room.keepings)


def test_given_a_claim_without_an_export_or_an_end_when_made_then_it_cannot_be_made() -> None:
    whole = {
        "title": Say("x"), "tables": frozenset({"diary"}),
        "describe": None, "export": None, "erase": None,
    }  # fmt: skip
    for missing in ("describe", "export", "erase"):
        with pytest.raises(TypeError, match=missing):
            PersonalData(**{k: v for k, v in whole.items() if k != missing})  # type: ignore[arg-type]


def test_given_rules_of_keeping_when_named_then_no_two_of_a_room_share_a_name() -> None:
    for name, room in CLAIMS.items():
        names = [rule.name for rule in room.keepings]
        assert len(names) == len(set(names)), name


def test_given_words_of_looks_when_two_rooms_explain_them_then_no_prefix_is_twice() -> None:
    counted = Counter(prefix for room in CLAIMS.values() for prefix in room.looks)
    assert {prefix for prefix, count in counted.items() if count > 1} == set()
