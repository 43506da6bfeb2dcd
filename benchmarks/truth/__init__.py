"""What the project says of demo shops, held against what is true of them."""
