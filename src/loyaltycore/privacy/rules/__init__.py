"""Rules of export, erasure and retention."""
