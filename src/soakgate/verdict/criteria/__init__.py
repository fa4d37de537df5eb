"""The built-in criteria, one module each, registered like anyone else's."""
