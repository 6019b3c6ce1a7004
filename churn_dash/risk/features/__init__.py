"""What a model may look at: declarations, words, peers."""
