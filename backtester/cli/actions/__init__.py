"""What the commands do: call the house, print what came back."""
