"""What confines the code that models write, as the window shows and asks it."""
