"""What people read: each page turns the result of an operation into text. Nothing here prints."""
