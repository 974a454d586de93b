"""The references every forecaster is measured against, from the calendar to ensemble model output statistics."""
