"""What is fitted: matrix, kinds of models, calibration."""
