from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from churn_dash.ui.parts.cards import file_stem
from churn_dash.ui.parts.markdown import safe


@given(st.text(st.sampled_from("a1 ![]()<>*_`#~|\\{}:$^&+.-"), max_size=30))
def test_text_from_the_data_never_becomes_formatting(text):
    kinds = {token.type for token in (MarkdownIt("commonmark").parse(f"x {safe(text)}")[1].children or [])}
    assert kinds <= {"text", "text_special", "softbreak"}


def test_a_picture_in_the_data_stays_text():
    assert "![" not in safe("![](http://example.invalid/p.png)")


def test_file_names_hold_nothing_that_a_system_dislikes():
    assert file_stem("Churn by Größe/年龄: 2026!") == "churn-by-größe-年龄-2026"
