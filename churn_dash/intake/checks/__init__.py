"""What is looked at before rows are published: rules that set rows aside, and findings that do not."""
