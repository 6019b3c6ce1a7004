"""Names of columns that say that the value is known only with the outcome. Source: METHODS D1."""

import re

_TELLING = re.compile(
    "|".join(
        (
            r"^(last_)?(call_|contact_)?duration$",
            r"(^|_)clos(e|ed|ing|ure)_(ticket|date|reason|flag|code|status|month|initiator)",
            r"(^|_)(exit|churn|attrition|leav(e|ing)|departure|cancel(lation|led)?|termination)_"
            r"(reason|date|survey|interview|code|category|score|month|type|ticket|status)",
            r"(^|_)(last|final|end)_status|^customer_status$",
            r"^(is_)?(closed|terminated|cancelled|deceased|destination|reason_code)$",
            r"(^|_)win_?back(_|$)",
            r"naive_bayes_classifier",
            "流失(原因|日期|时间|去向|类型|评分)|销户|注销|离网|退出原因|最后状态|末次状态|通话时长|挽回",
        )
    )
)


def telling_name(label: str) -> bool:
    """Whether a name says that the value is known only with the outcome.

    >>> telling_name("duration"), telling_name("Closing Ticket Flag"), telling_name("Balance"), telling_name("loan_duration_months")
    (True, True, False, False)
    """
    return bool(_TELLING.search(re.sub(r"[\s\-.]+", "_", label.strip().lower())))
