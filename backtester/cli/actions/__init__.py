"""The actions of the commands: each calls the library and prints the result."""
