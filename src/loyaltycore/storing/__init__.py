"""How records are declared, checked and written down."""
