"""How answers look in a terminal, or in a file: at most 100 columns, plain text where nothing shows colours."""
