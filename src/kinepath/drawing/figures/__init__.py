"""Figures of the results for reports and pages."""
