"""What would change it?"""

from churn_dash.ui import footer, models, question
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.ui.risk import risk
from churn_dash.ui.whatif import many, one, settings, words
from churn_dash.words import _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is None:
        heading(question.where(_("What-if"), asked), _("No risk model can be used with these data yet; train one on the page Risk."))
        if (problem := models.trouble(asked.ds)) is not None:
            shown(problem)
    else:
        footer.note_model(risk.model_words(kept))
        whom = words.whom()
        with errors_shown():
            if whom == "one":
                one.show(asked, kept)
            else:
                many.show(asked, kept, whom)
        settings.form(asked, kept)
