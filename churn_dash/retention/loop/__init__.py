"""From a worklist to what came of it: frozen lists, follow-up, funnel."""
