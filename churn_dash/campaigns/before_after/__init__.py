"""The eight indicators of one campaign, before and after, in the target group and in the hold-out."""
