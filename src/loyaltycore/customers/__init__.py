"""The customer record: master data, numbers, forms, search, and the import of tables."""
