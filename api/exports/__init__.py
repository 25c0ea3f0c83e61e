"""Exports: columns of numbers become a stream of bytes, one format a file."""
