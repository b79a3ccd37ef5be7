"""What is asked, how well it is answered, and for whom: figures that no single person can be told from."""
