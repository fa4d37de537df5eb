"""`python -m soakgate.observe.load`: the load child. Its configuration is `settings.Settings`."""

import os
import sys


def start() -> int:
    """Patch the interpreter as Locust does, before anything else is imported."""
    from gevent import monkey

    monkey.patch_all()
    from soakgate.observe.load.main import main

    return main()


if __name__ == "__main__":
    code = start()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # greenlets and pools of a locust file must not delay the end
