"""Who was in which group of a campaign, how the groups were made, and whether they are alike."""
