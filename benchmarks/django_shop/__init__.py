"""A Django application as shops write it: customers, and three tables that refer to them."""
