"""Who may treat this person, who of them fits best, and why."""
