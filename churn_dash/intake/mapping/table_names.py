"""Tables that files and sheets are named after."""

import pathlib
import re

from churn_dash.contract import TABLES


def tells(sheet: str) -> bool:
    """Whether a sheet's name tells of a table.

    >>> tells("账户"), tells("Sheet1")
    (True, False)
    """
    return hinted(f"[{sheet}]") is not None


def hinted(name: str) -> str | None:
    """The table that a file or sheet is named after, if any.

    >>> hinted("accounts_2024.csv"), hinted("gb18030-客户月表.csv.gz"), hinted("Telco-Customer-Churn.csv")
    ('accounts', 'customer_month', None)
    """
    sheet = re.search(r"\[([^\[\]]+)\]$", name)
    stem = sheet[1] if sheet else pathlib.PurePath(name).name.split(".")[0]
    words = [w for w in re.split(r"[\W_\d]+", stem.casefold()) if w]
    for table in sorted(TABLES.values(), key=lambda t: -len(t.name)):
        own = table.name.split("_")
        if table.zh in words or any(words[i : i + len(own)] == own for i in range(len(words))):
            return table.name
    return None
