"""`python -m soakgate.observe.probe`: started by the parent, never by hand."""

from soakgate.observe.probe.main import main

main()
