"""Documents to the units that are retrieved and cited."""
