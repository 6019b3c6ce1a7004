"""What would change it?"""

from churn_dash.ui import footer, question
from churn_dash.ui.action import models, risk, whatif_many, whatif_one, whatif_settings, whatif_words
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown, shown
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
        whom = whatif_words.whom()
        with errors_shown():
            if whom == "one":
                whatif_one.show(asked, kept)
            else:
                whatif_many.show(asked, kept, whom)
        whatif_settings.form(asked, kept)
