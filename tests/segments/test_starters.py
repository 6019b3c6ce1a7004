from dataclasses import dataclass

import polars as pl

from churn_dash.segments.groups.starters import Grouped, once


@dataclass(frozen=True)
class Tens(Grouped):
    people: pl.DataFrame

    @once
    def groups(self) -> list[int]:
        return self.people["balance"].to_list()

    @once
    def first(self) -> int:
        return self.groups()[0]


def of(*balances):
    return Tens(pl.DataFrame({"asked": [True] * len(balances), "balance": balances, "left": [False] * len(balances)}))


def test_a_table_of_groups_is_made_once_for_each_finding_and_never_taken_for_another():
    one, other = of(1.0, 2.0), of(3.0)
    assert one.groups() is one.groups()
    assert (one.groups(), one.first(), other.groups(), other.first()) == ([1.0, 2.0], 1.0, [3.0], 3.0)
    assert (one.whole()["aum_start"], other.whole()["aum_start"]) == (3.0, 3.0)
    assert (one.whole()["customers"], other.whole()["customers"]) == (2, 1)
    assert one.whole() is one.whole()
