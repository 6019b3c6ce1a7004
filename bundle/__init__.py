"""The offline bundle: everything that a machine without a network needs to install and start Churn Dash."""
