"""What goes over the wire: one small pydantic model per body, made from the frozen values of the packages below."""
