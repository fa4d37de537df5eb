"""`python -m soakgate`."""

from soakgate.cli.main import main

if __name__ == "__main__":
    main()
