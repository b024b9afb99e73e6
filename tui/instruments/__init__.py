"""What one glance tells: the header, what is open, what is overdue. Nothing here knows the screen."""
