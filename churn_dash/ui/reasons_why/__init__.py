"""Why they left and what they say: causes, satisfaction, complaints, loyalty."""
