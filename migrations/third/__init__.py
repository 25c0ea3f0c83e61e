"""What revision 0003 does, a subject a file."""
