"""What other programs ask for and do: JSON, with the same log-in as the pages."""
