"""What do we do about a reason, and what do we suggest?"""

from churn_dash.ui import question, session
from churn_dash.ui.lists import plays
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    heading(session.say(_("Plays")), plays.answer(asked))
    plays.plays_card(asked)
    plays.products_card(asked)
