"""The HTTP service: intake systems ask for ranked clinicians, apps ask for content."""
