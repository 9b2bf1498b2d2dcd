"""What a study takes."""
