"""To be captioned."""
