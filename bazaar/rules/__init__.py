"""Pure rules of the business: no database, network, clock, random or web."""
