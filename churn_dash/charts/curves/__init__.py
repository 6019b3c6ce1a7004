"""Concentration, calibration, profit."""
