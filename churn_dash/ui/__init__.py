"""What people see. Of this package the only room that imports streamlit; beside it only app.py and pages/ do."""
