"""What a kept model says of each customer."""
