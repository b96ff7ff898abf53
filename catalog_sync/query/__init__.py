"""Backstage's query language over the catalog: filters, predicates, order, pages, facets, fields, full text."""
