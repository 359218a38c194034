"""Figures: the pictures of results that go into reports and onto the page."""
